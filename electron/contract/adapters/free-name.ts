import { longestAdapterName } from './schema.ts';

/** Returns a name that none of the others has, whatever the case of its letters: the wanted one, or with a number, "Tickets 2". */
export function freeAdapterName(wanted: string, others: readonly string[]): string {
	const taken = new Set(others.map((name) => name.toLowerCase()));
	for (let number = 1; ; number += 1) {
		const end = number === 1 ? '' : ` ${number}`;
		const free = `${wanted.slice(0, longestAdapterName - end.length).trimEnd()}${end}`;
		if (!taken.has(free.toLowerCase())) return free;
	}
}
