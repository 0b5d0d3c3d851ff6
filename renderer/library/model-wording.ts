import type { ModelFile } from '../../electron/contract/library/schema.ts';

/** Describes a file that is not a chat model, in a word and a sentence; null: it is one. */
export function describeKind({ kind }: Pick<ModelFile, 'kind'>): { word: string; says: string } | null {
	switch (kind) {
		case 'model':
			return null;
		case 'embedding':
			return { word: 'Embedding', says: 'Turns text into vectors for searching by meaning. It can’t answer.' };
		case 'reranker':
			return { word: 'Reranker', says: 'Rates how well two texts belong together. It can’t answer.' };
		case 'projector':
			return {
				word: 'Projector',
				says: 'The part of a model that reads images or audio (mmproj). It belongs to a model.',
			};
		case 'adapter':
			return { word: 'LoRA adapter', says: 'Changes how a model answers. Add it in the settings of that model.' };
		case 'other':
			return { word: 'Not a model', says: 'A GGUF file of another kind, such as a draft head or speech model.' };
	}
}

/** Describes a file's source: a host, a program's folder, a scanned folder, or the user's own choice. */
export function describeSource(source: string | null): string {
	if (source === null) return 'Added by you';
	// As it is stored for files that were quantised here.
	if (source === 'made here') return 'Quantised here';
	const folder = /^(?:[A-Za-z]:)?[\\/]/.test(source);
	return folder ? `Found in ${source.split(/[\\/]/).findLast((part) => part !== '')}` : source;
}

/** The hub's licence ids and their common names. */
const known: Readonly<Record<string, string>> = {
	'apache-2.0': 'Apache 2.0',
	mit: 'MIT',
	gemma: 'Gemma terms',
	'llama3.2': 'Llama 3.2 Community',
	'llama3.1': 'Llama 3.1 Community',
	llama3: 'Llama 3 Community',
	llama2: 'Llama 2 Community',
	'cc-by-nc-4.0': 'CC BY-NC 4.0',
	'cc-by-4.0': 'CC BY 4.0',
	openrail: 'OpenRAIL',
	other: 'Own terms',
};

/** Formats a licence: "apache-2.0" → "Apache 2.0"; unknown ones stay as written. */
export function formatLicence(license: string): string {
	return known[license.toLowerCase()] ?? license;
}
