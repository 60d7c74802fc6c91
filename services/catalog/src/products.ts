/** Something the shop sells. Prices are whole numbers of the currency's smallest unit. */
export interface Product {
  id: string;
  name: string;
  price: number;
  currency: string;
}

/** What is for sale; a database takes this place when there is one. */
export const products: readonly Product[] = [
  { id: 'weir-board', name: 'Weir board', price: 4900, currency: 'EUR' },
  { id: 'penstock', name: 'Penstock', price: 129_000, currency: 'EUR' },
  { id: 'lock-windlass', name: 'Lock windlass', price: 3450, currency: 'EUR' },
  { id: 'staff-gauge', name: 'Staff gauge', price: 1990, currency: 'EUR' },
  { id: 'trash-rack', name: 'Trash rack', price: 27_500, currency: 'EUR' },
  { id: 'stop-log', name: 'Stop log', price: 8800, currency: 'EUR' },
];
