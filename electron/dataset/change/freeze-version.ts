import { createHash } from 'node:crypto';
import type { WritableDatabase } from '../../database/database.ts';
import { readMembersAfter } from '../store/members.ts';
import { getVersion, lastVisiblePosition, setFrozen } from '../store/versions.ts';

const readAtOnce = 100;

/**
 * Freezes a draft, with the SHA-256 over its samples in order: one line of JSON each, of id, split, form, input,
 * target, choices, variables, metadata, tags and cluster. A frozen version stays as it is.
 */
export function* freezeVersion(
	database: WritableDatabase,
	versionId: number,
	note: string,
	now: number,
): Generator<number, void> {
	const version = getVersion(database, versionId);
	if (version.frozenAt !== null) return;
	const hash = createHash('sha256');
	let done = 0;
	for (let after = -1; ; ) {
		const page = readMembersAfter(database, {
			versionId,
			after,
			until: lastVisiblePosition(version),
			limit: readAtOnce,
		});
		for (const { key, split, form, input, target, choices, variables, metadata, tags, cluster } of page) {
			hash.update(
				`${JSON.stringify([key, split, form, input, target, choices, variables, metadata, tags, cluster])}\n`,
			);
		}
		done += page.length;
		yield done;
		if (page.length < readAtOnce) break;
		after = page.at(-1)?.position ?? after;
	}
	setFrozen(database, versionId, hash.digest('hex'), note, now);
}
