import { useEffect, useMemo, useRef, useState } from 'react';
import type { Row, RowFilter } from '../../../electron/contract/evaluation/schema.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { useServices } from '../../services.ts';

/** Filter of the rows. */
export interface RowQuery {
	readonly arms: readonly number[];
	readonly filter: RowFilter;
	readonly scorer: string | null;
	/** Lowest score of a right answer. */
	readonly bound: number;
	readonly tag: string | null;
	readonly search: string;
}

export interface RowList {
	/** undefined until the first page has loaded. */
	readonly total: number | undefined;
	readonly failure: FailureFacts | null;
	/** undefined while its page is loading. */
	readonly at: (index: number) => Row | undefined;
	/** Reports the visible rows. */
	readonly want: (first: number, last: number) => void;
}

const pageSize = 100;

/**
 * Returns the rows that match a query, fetched by page as they come into view, and again whenever `version` changes.
 */
export function useRows(query: RowQuery, version: string): RowList {
	const { connection } = useServices();
	const [pages, setPages] = useState<ReadonlyMap<number, readonly Row[]>>(new Map());
	const [total, setTotal] = useState<number | undefined>();
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	const inSight = useRef<readonly number[]>([0]);
	const key = JSON.stringify(query);
	const asked = useRef<{ key: string; pages: Set<number>; controller: AbortController } | null>(null);

	const fetchPage = useMemo(
		() => (page: number) => {
			const now = asked.current;
			if (now === null || now.pages.has(page)) return;
			now.pages.add(page);
			const { arms, ...rest } = JSON.parse(now.key) as RowQuery;
			connection.client.evaluations
				.rows({ ...rest, arms: [...arms], offset: page * pageSize, limit: pageSize }, { signal: now.controller.signal })
				.then(
					(found) => {
						setTotal(found.total);
						setFailure(null);
						setPages((known) => new Map(known).set(page, found.rows));
					},
					(error: unknown) => {
						if (now.controller.signal.aborted || isConnectionLoss(error)) return;
						setFailure(toFailure(error));
					},
				);
		},
		[connection],
	);
	const shownKey = useRef(key);
	// biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for what the rows hold now
	useEffect(() => {
		const controller = new AbortController();
		asked.current = { key, pages: new Set(), controller };
		// Another query has other rows; the same query keeps its old rows until the new ones arrive.
		if (shownKey.current !== key) {
			shownKey.current = key;
			inSight.current = [0];
			setPages(new Map());
			setTotal(undefined);
		}
		for (const page of inSight.current) fetchPage(page);
		return () => controller.abort();
	}, [key, version, fetchPage]);

	return {
		total,
		failure,
		at: (index) => pages.get(Math.floor(index / pageSize))?.[index % pageSize],
		want(first, last) {
			const from = Math.floor(Math.max(0, first) / pageSize);
			const to = Math.floor(Math.max(0, last) / pageSize);
			inSight.current = Array.from({ length: to - from + 1 }, (_, index) => from + index);
			for (const page of inSight.current) fetchPage(page);
		},
	};
}

/** Returns the number of rows per filter; unknown numbers are omitted. */
export function useCounts(
	query: Omit<RowQuery, 'filter'>,
	filters: readonly RowFilter[],
	version: string,
): Readonly<Partial<Record<RowFilter, number>>> {
	const { connection } = useServices();
	const [counts, setCounts] = useState<Readonly<Partial<Record<RowFilter, number>>>>({});
	const key = JSON.stringify(query);
	const wanted = filters.join(',');
	// biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for what the rows hold now
	useEffect(() => {
		const controller = new AbortController();
		const { arms, ...rest } = JSON.parse(key) as RowQuery;
		for (const filter of wanted.split(',') as RowFilter[]) {
			connection.client.evaluations
				.rows({ ...rest, arms: [...arms], filter, limit: 1 }, { signal: controller.signal })
				.then(
					({ total }) => setCounts((known) => ({ ...known, [filter]: total })),
					() => {},
				);
		}
		return () => controller.abort();
	}, [key, wanted, version, connection]);
	return counts;
}
