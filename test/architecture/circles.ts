/**
 * Finds import cycles: groups of files that reach each other through imports. Each group is sorted (Tarjan's
 * algorithm).
 */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
	const found: string[][] = [];
	const order = new Map<string, number>();
	/** The earliest file on the stack that each file reaches. */
	const earliest = new Map<string, number>();
	const onWay: string[] = [];

	function visit(file: string): number {
		const own = order.size;
		order.set(file, own);
		earliest.set(file, own);
		onWay.push(file);
		for (const other of imports.get(file) ?? []) {
			if (!imports.has(other)) continue;
			const reached = order.has(other) ? (onWay.includes(other) ? (order.get(other) ?? own) : own) : visit(other);
			earliest.set(file, Math.min(earliest.get(file) ?? own, reached));
		}
		const low = earliest.get(file) ?? own;
		if (low !== own) return low;
		const group = onWay.splice(onWay.indexOf(file));
		if (group.length > 1 || imports.get(file)?.includes(file)) found.push(group.toSorted());
		return own;
	}

	for (const file of imports.keys()) if (!order.has(file)) visit(file);
	return found;
}
