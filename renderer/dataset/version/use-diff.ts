import { useEffect, useState } from 'react';
import type { DiffRow, VersionDiff } from '../../../electron/contract/dataset/dataset.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { useServices } from '../../services.ts';

/** Rows that one call brings. */
const pageSize = 200;

/** What differs between two versions, page by page and as it is found. `revision` of the newer one: a change compares again. */
export function useDiff(
	fromVersionId: number,
	toVersionId: number,
	revision: number,
): { diff: VersionDiff | null; failure: FailureFacts | null; more: () => void } {
	const { connection } = useServices();
	const [pages, setPages] = useState(1);
	const [diff, setDiff] = useState<VersionDiff | null>(null);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that the draft is another now
	useEffect(() => {
		const controller = new AbortController();
		const { signal } = controller;
		async function fetch(): Promise<void> {
			try {
				const rows: DiffRow[] = [];
				for (let looked = 0; looked < 1 || rows.length < pages * pageSize; ) {
					const place = { fromVersionId, toVersionId, offset: rows.length, partial: true };
					const limit = Math.min(pageSize, pages * pageSize - rows.length);
					const found: VersionDiff = await connection.client.datasets.versions.diff({ ...place, limit }, { signal });
					rows.push(...found.rows);
					({ looked } = found);
					setDiff({ ...found, rows: [...rows] });
					if (looked === 1 && found.rows.length < limit) break;
				}
				setFailure(null);
			} catch (error) {
				if (!signal.aborted && !isConnectionLoss(error)) setFailure(toFailure(error));
			}
		}
		void fetch();
		return () => controller.abort();
	}, [connection, fromVersionId, toVersionId, revision, pages]);
	return { diff, failure, more: () => setPages((n) => n + 1) };
}
