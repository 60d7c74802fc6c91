-- An app is not ill because its autoscaler has no numbers yet, as in the first minute of every new pod: Argo CD's own rule
-- would call it Degraded, and a soak would begin again. One that never finds its workload never becomes Healthy.
local health = {status = "Healthy", message = ""}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "AbleToScale" and condition.status == "False" then
      health.status = condition.reason == "FailedGetScale" and "Progressing" or "Degraded"
      health.message = condition.message or condition.reason
    end
  end
end
return health
