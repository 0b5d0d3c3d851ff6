import { readFileSync } from 'node:fs';
import type { TestContext } from 'vitest';
import type { LikelihoodItem, MeasuredLikelihood } from '../../../../models/contract/native/tasks.ts';
import { sharedFile } from '../../../support/shared-data.ts';

/** One question of a published task as put by lm-evaluation-harness, zero-shot. */
export interface TaskItem {
	/** One context with all choices; for WinoGrande two contexts with one continuation. */
	readonly items: readonly LikelihoodItem[];
	/** Choices without the delimiter. */
	readonly choices: readonly string[];
	readonly gold: number;
}

interface Task {
	readonly path: readonly string[];
	/** Skips the test where another file of the task is missing. */
	read(text: string, context: Pick<TestContext, 'skip'>): TaskItem[];
}

function rowsOf<Row>(text: string): Row[] {
	return text
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Row);
}

function question(context: string, choices: readonly string[], gold: number): TaskItem {
	return { items: [{ context, continuations: choices.map((choice) => ` ${choice}`) }], choices, gold };
}

function arc(file: string): Task {
	return {
		path: ['arc', file],
		read: (text) =>
			rowsOf<{ query: string; choices: string[]; gold: number }>(text).map(({ query, choices, gold }) =>
				question(`${query}\nAnswer:`, choices, gold),
			),
	};
}

/** HellaSwag's texts come from WikiHow, with its markup. */
function cleaned(text: string): string {
	return text
		.trim()
		.replaceAll(' [title]', '. ')
		.replaceAll(/\[.*?\]/g, '')
		.replaceAll('  ', ' ');
}

/** The published files of ../shared/data, by the harness's names. */
export const tasks = {
	arc_easy: arc('arc_easy.jsonl'),
	arc_challenge: arc('arc_challenge.jsonl'),
	piqa: {
		path: ['piqa', 'valid.jsonl'],
		read(text, context) {
			const labels = readFileSync(sharedFile(context, 'piqa', 'valid-labels.lst'), 'utf8')
				.trim()
				.split('\n');
			return rowsOf<{ goal: string; sol1: string; sol2: string }>(text).map(({ goal, sol1, sol2 }, index) =>
				question(`Question: ${goal}\nAnswer:`, [sol1, sol2], Number(labels[index])),
			);
		},
	},
	hellaswag: {
		path: ['hellaswag', 'hellaswag_rubrikscube_subset.jsonl'],
		read: (text) =>
			rowsOf<{ activity_label: string; ctx_a: string; ctx_b: string; endings: string[]; label: number }>(text).map(
				({ activity_label: label, ctx_a: start, ctx_b: end, endings, label: gold }) => {
					const context = `${start} ${end.slice(0, 1).toUpperCase()}${end.slice(1).toLowerCase()}`;
					return question(cleaned(`${label}: ${context}`), endings.map(cleaned), gold);
				},
			),
	},
	winogrande: {
		path: ['winogrande', 'winogrande.jsonl'],
		read: (text) =>
			rowsOf<{ context_options: string[]; continuation: string; gold: number }>(text).map((row) => ({
				items: row.context_options.map((context) => ({ context, continuations: [` ${row.continuation}`] })),
				choices: row.context_options,
				gold: row.gold,
			})),
	},
} satisfies Record<string, Task>;

/** Returns a task's questions; skips the test, with the reason, if its file is missing. */
export function readTask(context: Pick<TestContext, 'skip'>, name: keyof typeof tasks): TaskItem[] {
	const task: Task = tasks[name];
	return task.read(readFileSync(sharedFile(context, ...task.path), 'utf8'), context);
}

function best(values: readonly number[]): number {
	return values.indexOf(Math.max(...values));
}

/** Returns whether the most likely choice is correct (acc), and the most likely per character (acc_norm). */
export function judge(item: TaskItem, measured: readonly MeasuredLikelihood[]): { acc: boolean; accNorm: boolean } {
	const logs = measured.flatMap(({ logLikelihoods }) => logLikelihoods);
	const perCharacter = logs.map((log, index) => log / [...(item.choices[index] ?? '')].length);
	return { acc: best(logs) === item.gold, accNorm: best(perCharacter) === item.gold };
}
