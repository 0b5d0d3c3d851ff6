import { diffWordsWithSpace } from 'diff';
import type { DiffPart, PromptContent, PromptDiff } from '../contract/prompt/schema.ts';

/** Time limit for finding the differences of one text, after which it is shown as removed and added as a whole, ms. */
const timeoutMs = 500;

/** Finds the changes from one version to another, word by word. */
export function diffPrompts(from: PromptContent, to: PromptContent): PromptDiff {
	return {
		system: diffTexts(from.system, to.system),
		template: diffTexts(from.template, to.template),
		example: diffTexts(from.example, to.example),
	};
}

function diffTexts(from: string, to: string): DiffPart[] {
	if (from === to) return from === '' ? [] : [{ kind: 'same', text: from }];
	const parts = diffWordsWithSpace(from, to, { timeout: timeoutMs }) ?? [
		{ removed: true, added: false, value: from },
		{ removed: false, added: true, value: to },
	];
	return parts
		.filter(({ value }) => value !== '')
		.map(({ added, removed, value }) => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text: value }));
}
