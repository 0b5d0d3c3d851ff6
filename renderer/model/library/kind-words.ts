import type { ModelFile } from '../../../electron/contract/model.ts';

/** What a file is that is no model to chat with, in a word and a sentence; null: it is one. */
export function describeKind({ kind }: Pick<ModelFile, 'kind'>): { word: string; says: string } | null {
	switch (kind) {
		case 'model':
			return null;
		case 'embedding':
			return { word: 'Embedding', says: 'It turns text into vectors, for searching by meaning; it does not answer.' };
		case 'reranker':
			return { word: 'Reranker', says: 'It rates how well two texts belong together; it does not answer.' };
		case 'projector':
			return { word: 'Projector', says: 'The part of a model that sees images or hears (mmproj); it belongs to one.' };
		case 'adapter':
			return { word: 'LoRA adapter', says: 'It changes a model; choose it in the settings of that model.' };
		case 'other':
			return { word: 'Not a model', says: 'A GGUF file of another kind, such as a draft or speech model.' };
	}
}
