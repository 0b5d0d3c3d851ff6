import { useEffect, useState } from 'react';
import type { DiffRow, VersionDiff } from '../../../electron/contract/dataset/dataset.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { failureOf, isConnectionLoss } from '../../connection/failure.ts';
import { useServices } from '../../services.ts';

/** Rows that one call brings. */
const pageSize = 200;

/** What differs between two versions, page by page. `revision` of the newer one: a change compares again. */
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
				for (let page = 0; page < pages; page += 1) {
					const input = { fromVersionId, toVersionId, offset: page * pageSize, limit: pageSize };
					const found: VersionDiff = await connection.client.datasets.versions.diff(input, { signal });
					rows.push(...found.rows);
					setDiff({ ...found, rows: [...rows] });
					if (found.rows.length < pageSize) break;
				}
				setFailure(null);
			} catch (error) {
				if (!signal.aborted && !isConnectionLoss(error)) setFailure(failureOf(error));
			}
		}
		void fetch();
		return () => controller.abort();
	}, [connection, fromVersionId, toVersionId, revision, pages]);
	return { diff, failure, more: () => setPages((n) => n + 1) };
}
