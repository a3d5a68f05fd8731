import type { TableSchema } from '../engine/resource.ts';

const required = { mode: 'REQUIRED' } as const;

/** The demo's tables by dataset. `hr` is what an agent of the demo may not read; `scratch` is empty and writable. */
export const shopSchemas: Readonly<Record<string, Readonly<Record<string, TableSchema>>>> = {
  shop: {
    customers: {
      fields: [
        { name: 'id', type: 'INT64', ...required, description: 'Customer number' },
        { name: 'name', type: 'STRING', description: 'Full name' },
        { name: 'email', type: 'STRING', description: 'Personal data: address the customer signed up with' },
        { name: 'country', type: 'STRING', description: 'ISO 3166 code' },
        { name: 'signed_up', type: 'DATE' },
        { name: 'tier', type: 'STRING', description: 'bronze, silver, gold or platinum' },
        {
          name: 'address',
          type: 'RECORD',
          fields: [
            { name: 'street', type: 'STRING' },
            { name: 'city', type: 'STRING' },
            { name: 'postal_code', type: 'STRING' },
          ],
        },
        { name: 'tags', type: 'STRING', mode: 'REPEATED' },
      ],
    },
    products: {
      fields: [
        { name: 'product_id', type: 'INT64', ...required },
        { name: 'name', type: 'STRING' },
        { name: 'category', type: 'STRING' },
        { name: 'price', type: 'NUMERIC' },
        { name: 'weight_kg', type: 'FLOAT64' },
        { name: 'is_active', type: 'BOOL' },
      ],
    },
    orders: {
      fields: [
        { name: 'order_id', type: 'INT64', ...required },
        { name: 'customer_id', type: 'INT64', ...required },
        { name: 'ordered_at', type: 'TIMESTAMP' },
        { name: 'status', type: 'STRING', description: 'delivered, shipped, pending, returned or cancelled' },
        { name: 'coupon', type: 'STRING' },
        { name: 'total', type: 'NUMERIC', description: 'Sum of the items, in EUR' },
        {
          name: 'items',
          type: 'RECORD',
          mode: 'REPEATED',
          fields: [
            { name: 'product_id', type: 'INT64' },
            { name: 'quantity', type: 'INT64' },
            { name: 'unit_price', type: 'NUMERIC' },
          ],
        },
      ],
    },
    events: {
      fields: [
        { name: 'event_id', type: 'INT64', ...required },
        { name: 'customer_id', type: 'INT64', description: 'NULL for visitors who did not sign in' },
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'kind', type: 'STRING' },
        { name: 'page', type: 'STRING' },
        { name: 'payload', type: 'JSON' },
      ],
    },
  },
  hr: {
    employees: {
      fields: [
        { name: 'employee_id', type: 'INT64', ...required },
        { name: 'name', type: 'STRING' },
        { name: 'email', type: 'STRING' },
        { name: 'department', type: 'STRING' },
        { name: 'title', type: 'STRING' },
        { name: 'manager_id', type: 'INT64' },
        { name: 'hired', type: 'DATE' },
      ],
    },
    salaries: {
      fields: [
        { name: 'employee_id', type: 'INT64', ...required },
        { name: 'year', type: 'INT64', ...required },
        { name: 'base', type: 'NUMERIC' },
        { name: 'bonus', type: 'NUMERIC' },
        { name: 'currency', type: 'STRING' },
      ],
    },
  },
  scratch: {},
};
