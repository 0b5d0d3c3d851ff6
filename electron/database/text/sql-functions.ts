import type Database from 'better-sqlite3';
import { excerpt, type Wanted } from './excerpt.ts';

/**
 * Adds `excerpt(text, wanted, around)` to a connection: `wanted` is JSON of `Wanted[]`. So long texts stay on the thread
 * that reads them.
 */
export function addTextFunctions(connection: Database.Database): void {
	let json = '[]';
	let wanted: readonly Wanted[] = [];
	connection.function('excerpt', { deterministic: true, directOnly: true }, (text, wantedJson, around) => {
		if (wantedJson !== json) {
			json = String(wantedJson);
			wanted = JSON.parse(json) as readonly Wanted[];
		}
		return excerpt(String(text), wanted, Number(around));
	});
}
