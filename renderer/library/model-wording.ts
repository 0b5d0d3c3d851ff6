import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { t } from '../messages/t.ts';

/** Describes a file that is not a chat model, in a word and a sentence; null: it is one. */
export function describeKind({ kind }: Pick<ModelFile, 'kind'>): { word: string; says: string } | null {
	switch (kind) {
		case 'model':
			return null;
		case 'embedding':
			return { word: t('Embedding'), says: t('Turns text into vectors for searching by meaning. It can’t answer.') };
		case 'reranker':
			return { word: t('Reranker'), says: t('Scores how well two texts match. It can’t answer.') };
		case 'projector':
			return {
				word: t('Projector'),
				says: t('Reads images or audio for a model (mmproj). It can’t answer by itself.'),
			};
		case 'adapter':
			return { word: t('LoRA adapter'), says: t('Changes how a model answers. Add it in the settings of that model.') };
		case 'other':
			return { word: t('Not a model'), says: t('A GGUF file of another kind, such as a draft head or speech model.') };
	}
}

/** Describes a file's source: a host, a program's folder, a scanned folder, or the user's own choice. */
export function describeSource(source: string | null): string {
	if (source === null) return t('Added by you');
	// Stored for files that were quantised here.
	if (source === 'made here') return t('Quantised here');
	const folder = /^(?:[A-Za-z]:)?[\\/]/.test(source);
	return folder
		? t('Found in {folder}', { folder: source.split(/[\\/]/).findLast((part) => part !== '') ?? source })
		: source;
}

/** The hub's licence ids and their common names. */
const known: Readonly<Record<string, string>> = {
	'apache-2.0': t('Apache 2.0'),
	mit: 'MIT',
	gemma: t('Gemma terms'),
	'llama3.2': t('Llama 3.2 Community'),
	'llama3.1': t('Llama 3.1 Community'),
	llama3: t('Llama 3 Community'),
	llama2: t('Llama 2 Community'),
	'cc-by-nc-4.0': 'CC BY-NC 4.0',
	'cc-by-4.0': 'CC BY 4.0',
	openrail: 'OpenRAIL',
	other: t('Custom terms'),
};

/** Formats a licence: "apache-2.0" → "Apache 2.0"; unknown ones stay as written. */
export function formatLicence(license: string): string {
	return known[license.toLowerCase()] ?? license;
}
