export async function benchLoad(_rows: number): Promise<void> {}
