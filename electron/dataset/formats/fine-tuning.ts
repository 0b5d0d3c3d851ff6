import type { Turn } from '../../../models/contract/generation.ts';
import type { RowRecord } from '../read/rows.ts';
import { emptySample, type FileFacts, type Format, type ImportedSample } from './format.ts';
import { asList, asText, asTurns, isObject, textOrNull, variablesOf } from './values.ts';

/** Recognises `{messages}` as for fine-tuning, or `{conversations}` (ShareGPT): the last answer is the target. */
export function messagesFormat({ head }: FileFacts): Format | null {
	const field = ['messages', 'conversations'].find((name) =>
		head.every((record) => asTurns(record[name]) !== null && record.input === undefined),
	);
	if (field === undefined) return null;
	return {
		format: 'messages',
		task: null,
		name: 'conversations for fine-tuning',
		mapping: null,
		read(record) {
			const turns = asTurns(record[field]);
			if (turns === null) return `it has no list of turns in “${field}”`;
			const { input, target } = partTurns(turns);
			if (input.length === 0) return 'it has no turn before the answer';
			return [{ ...common(record, [field]), input: asInput(input), target }];
		},
	};
}

/** Recognises `{prompt, chosen, rejected}`, each a text or turns. */
export function preferenceFormat({ head }: FileFacts): Format | null {
	if (!head.every((record) => record.chosen !== undefined && record.rejected !== undefined)) return null;
	return {
		format: 'preference',
		task: null,
		name: 'preference pairs',
		mapping: null,
		read(record) {
			const chosen = asTurns(record.chosen);
			const rejected = asTurns(record.rejected);
			const asked = asTurns(record.prompt) ?? (chosen === null ? null : partTurns(chosen).input);
			const text = textOrNull(record.prompt ?? record.question ?? record.input);
			if (asked === null && text === null) return 'it has no prompt';
			const worse = rejected === null ? asText(record.rejected) : (partTurns(rejected).target ?? '');
			return [
				{
					...common(record, ['prompt', 'chosen', 'rejected']),
					input: asked === null ? (text ?? '') : asInput(asked),
					target: chosen === null ? asText(record.chosen) : partTurns(chosen).target,
					metadata: { rejected: worse },
				},
			];
		},
	};
}

/** Recognises `{turns: [{content}]}`, as Arena-Hard has: the first turn is the question. */
export function turnsFormat({ head }: FileFacts): Format | null {
	if (head.length === 0 || !head.every((record) => turnTexts(record.turns) !== null)) return null;
	return {
		format: 'messages',
		task: null,
		name: 'questions in turns',
		mapping: null,
		read(record) {
			const [first, ...others] = turnTexts(record.turns) ?? [];
			if (first === undefined || first === '') return 'it has no turns';
			const { variables, ...rest } = common(record, ['turns', 'question_id', 'category', 'cluster']);
			const later = others.map((text, index) => [`turn_${index + 2}`, text]);
			return [
				{
					...rest,
					key: textOrNull(record.question_id) ?? rest.key,
					input: first,
					target: null,
					variables: { ...variables, ...Object.fromEntries(later) },
					tags: [record.category, record.cluster].map(asText).filter((tag) => tag !== ''),
				},
			];
		},
	};
}

function turnTexts(value: unknown): readonly string[] | null {
	const list = asList(value);
	if (list === null || list.length === 0) return null;
	const texts = list.flatMap((turn) => (isObject(turn) && typeof turn.content === 'string' ? [turn.content] : []));
	return texts.length === list.length ? texts : null;
}

function common(record: RowRecord, used: readonly string[]): Omit<ImportedSample, 'input' | 'target'> {
	return {
		...emptySample,
		key: textOrNull(record.id ?? record.key),
		split: textOrNull(record.split),
		variables: variablesOf(record, [...used, 'id', 'key', 'split']),
	};
}

/** Splits turns into the last answer and everything before it. */
function partTurns(turns: readonly Turn[]): { input: readonly Turn[]; target: string | null } {
	const last = turns.at(-1);
	if (last?.role !== 'assistant') return { input: turns, target: null };
	return { input: turns.slice(0, -1), target: last.content };
}

/** Returns a single question as plain text. */
function asInput(turns: readonly Turn[]): string | readonly Turn[] {
	const [only] = turns;
	return turns.length === 1 && only?.role === 'user' ? only.content : turns;
}
