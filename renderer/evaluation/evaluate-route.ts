/** Initial choices of a new run. Ids of prompt versions, datasets, model files and runs. */
export interface NewRunStart {
	readonly promptVersionId?: number;
	/** Several prompt versions to compare. */
	readonly promptVersionIds?: readonly number[];
	readonly datasetId?: number;
	readonly modelFileId?: number;
	/** A run whose settings are copied. */
	readonly runId?: number;
	/** Number of samples to measure at most. */
	readonly samples?: number;
}

/** Place within Evaluate. */
export type EvaluateRoute =
	| { readonly kind: 'latest' }
	| { readonly kind: 'new'; readonly given: NewRunStart }
	| { readonly kind: 'run'; readonly id: number }
	/** The form that re-scores the outputs of a run. */
	| { readonly kind: 'mark'; readonly id: number }
	| { readonly kind: 'compare'; readonly ids: readonly [number, number] };

const single = { dataset: 'datasetId', model: 'modelFileId', run: 'runId', samples: 'samples' } as const;

/** Parses the address after `#/evaluate/`; anything unknown opens the newest run. */
export function parseEvaluateRoute(part: string | null): EvaluateRoute {
	const [name = '', query = ''] = (part ?? '').split('?');
	if (name === 'new') return { kind: 'new', given: parseNewRunStart(new URLSearchParams(query)) };
	const marked = name === 'mark' ? parseId(new URLSearchParams(query).get('run') ?? '') : null;
	if (marked !== null) return { kind: 'mark', id: marked };
	const [first, second, more] = name.split('-').map(parseId);
	if (first == null || more !== undefined) return { kind: 'latest' };
	if (second === undefined) return { kind: 'run', id: first };
	return second === null || second === first ? { kind: 'latest' } : { kind: 'compare', ids: [first, second] };
}

function parseNewRunStart(query: URLSearchParams): NewRunStart {
	const given: { -readonly [key in keyof NewRunStart]: NewRunStart[key] } = {};
	for (const [key, name] of Object.entries(single)) {
		const id = parseId(query.get(key) ?? '');
		if (id !== null) given[name] = id;
	}
	const prompts = (query.get('prompt') ?? '').split(',').flatMap((text) => parseId(text) ?? []);
	const [only, ...others] = prompts;
	if (only !== undefined && others.length === 0) given.promptVersionId = only;
	else if (prompts.length > 1) given.promptVersionIds = prompts;
	return given;
}

/** Formats a route as that part of the address; `null` is the newest run. */
export function formatEvaluateRoute(place: EvaluateRoute): string | null {
	switch (place.kind) {
		case 'latest':
			return null;
		case 'run':
			return String(place.id);
		case 'mark':
			return `mark?run=${place.id}`;
		case 'compare':
			return place.ids.join('-');
		case 'new': {
			const { given } = place;
			const prompts = listPromptVersionIds(given);
			const query = Object.entries(single).flatMap(([key, name]) => {
				const id = given[name];
				return id === undefined ? [] : [`${key}=${id}`];
			});
			if (prompts.length > 0) query.unshift(`prompt=${prompts.join(',')}`);
			return query.length === 0 ? 'new' : `new?${query.join('&')}`;
		}
	}
}

/** Lists the given prompt versions without duplicates. */
export function listPromptVersionIds({ promptVersionId, promptVersionIds = [] }: NewRunStart): readonly number[] {
	return [...new Set([...(promptVersionId === undefined ? [] : [promptVersionId]), ...promptVersionIds])];
}

function parseId(text: string): number | null {
	const id = Number(text);
	return text !== '' && Number.isSafeInteger(id) && id > 0 ? id : null;
}
