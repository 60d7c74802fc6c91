-- An application of applications is as healthy as these are; without it a later wave would not wait for an earlier one.
local health = {status = "Progressing", message = "has not been looked at yet"}
if obj.status ~= nil and obj.status.health ~= nil and obj.status.health.status ~= nil then
  health.status = obj.status.health.status
  health.message = obj.status.health.message or ""
end
return health
