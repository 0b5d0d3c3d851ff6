/** What a new run begins with: what one came from. Ids of prompt versions, datasets, model files and runs. */
export interface NewRunStart {
	readonly promptVersionId?: number;
	readonly datasetId?: number;
	readonly modelFileId?: number;
	/** A run whose choices are taken over. */
	readonly runId?: number;
}

/** Where one is inside Evaluate. */
export type EvaluatePlace =
	| { readonly kind: 'latest' }
	| { readonly kind: 'new'; readonly given: NewRunStart }
	| { readonly kind: 'run'; readonly id: number }
	| { readonly kind: 'compare'; readonly ids: readonly [number, number] };

const keys = { prompt: 'promptVersionId', dataset: 'datasetId', model: 'modelFileId', run: 'runId' } as const;

/** What stands after `#/evaluate/` in the address; anything unknown is the newest run. */
export function placeOf(part: string | null): EvaluatePlace {
	const [name = '', query = ''] = (part ?? '').split('?');
	if (name === 'new') {
		const given: { -readonly [key in keyof NewRunStart]: number } = {};
		for (const [key, value] of new URLSearchParams(query)) {
			const id = idOf(value);
			if (key in keys && id !== null) given[keys[key as keyof typeof keys]] = id;
		}
		return { kind: 'new', given };
	}
	const [first, second, more] = name.split('-').map(idOf);
	if (first == null || more !== undefined) return { kind: 'latest' };
	if (second === undefined) return { kind: 'run', id: first };
	return second === null || second === first ? { kind: 'latest' } : { kind: 'compare', ids: [first, second] };
}

/** The other way round; `null` is the newest run. */
export function partOf(place: EvaluatePlace): string | null {
	switch (place.kind) {
		case 'latest':
			return null;
		case 'run':
			return String(place.id);
		case 'compare':
			return place.ids.join('-');
		case 'new': {
			const query = Object.entries(keys).flatMap(([key, name]) => {
				const id = place.given[name];
				return id === undefined ? [] : [`${key}=${id}`];
			});
			return query.length === 0 ? 'new' : `new?${query.join('&')}`;
		}
	}
}

function idOf(text: string): number | null {
	const id = Number(text);
	return text !== '' && Number.isSafeInteger(id) && id > 0 ? id : null;
}
