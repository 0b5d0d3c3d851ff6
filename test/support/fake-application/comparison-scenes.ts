import type { Page } from 'playwright-core';
import { importedView } from '../../../electron/comparison/import.ts';
import type { FileFigures } from '../../../electron/contract/comparison/file-figures.ts';
import type { Comparison } from '../../../electron/contract/comparison/schema.ts';
import { buildAdapter } from '../fixtures/adapter.ts';
import { buildModelFile } from '../fixtures/model.ts';
import {
	estimatedComparison,
	hardTaskComparison,
	ladderComparison,
	toolsComparison,
	unsteadyComparison,
} from './comparison-data.ts';
import { withTickets } from './dataset/data.ts';
import type { FakeApplication } from './fake-application.ts';
import { withPrompts } from './prompt/data.ts';
import { type Scene, withModel } from './scene.ts';

/** The library of the mock page: the reference, two files quantised earlier, and one of another model. */
function library(fake: FakeApplication): void {
	withModel(fake);
	withTickets(fake.data.datasets);
	withPrompts(fake.data.prompts);
	const made = (id: number, quantization: string, sizeBytes: number) =>
		buildModelFile(id, { quantization, sizeBytes, default: false });
	fake.data.models.push(made(2, 'F16', 271_000_000), made(205, 'Q4_K_M', 105_000_000));
	fake.data.models.push(
		buildModelFile(9, { name: 'Gemma 3 270M', architecture: 'gemma3', parameters: 268_098_176, default: false }),
	);
}

const scene = (...all: Comparison[]): Scene => ({
	prepare(fake) {
		library(fake);
		fake.data.comparisons.all = all;
		return '/compare';
	},
});

const earlier = ladderComparison({
	id: 6,
	title: 'Llama 3.2 3B Instruct, 3 files',
	createdAt: Date.UTC(2026, 10, 12),
	status: 'paused',
});

/** The same files on another computer, where one of them does worse. */
const elsewhere = importedView(8, {
	...ladderComparison({ createdAt: Date.UTC(2026, 10, 20) }),
	rows: ladderComparison().rows.map((row) => ({
		...row,
		generation: row.generation === null ? null : { ...row.generation, median: row.generation.median * 3.1 },
		quality: row.quality.map((one) => (row.name === 'Q4_0' ? { ...one, perplexity: one.perplexity * 1.02 } : one)),
	})),
	conditions: {
		engine: 'llama.cpp 0.4.0-dev',
		systemInfo: 'NEON, ARM_FMA',
		threads: 4,
		processor: 'Apple M4',
		cores: 10,
		memoryBytes: 24e9,
		highestLoadBefore: 1.2,
	},
});

/** What an earlier comparison measured of two files. */
const measuredFigures: FileFigures[] = [
	{ modelFileId: 2, divergences: [], accuracies: [], speed: speedOf(31.4) },
	{
		modelFileId: 205,
		divergences: [
			{ comparisonId: 6, at: 0, referenceId: 2, reference: 'F16', value: 0.057, standardError: 0.003, sameTop: 0.86 },
		],
		accuracies: [],
		speed: speedOf(62.3),
	},
];

function speedOf(tokensPerSecond: number): FileFigures['speed'] {
	return { comparisonId: 6, at: 0, tokensPerSecond, sd: 0.8, n: 5, varied: false };
}

/** A library in which earlier comparisons measured two files. */
const planned: Scene = {
	prepare(fake) {
		const route = scene(ladderComparison()).prepare(fake);
		fake.data.library.figures = measuredFigures;
		return route;
	},
};

async function openForm(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'New comparison' }).click();
	await page.getByRole('button', { name: /^Compare \d files$/ }).waitFor();
	await page.getByText(/^About .* Chat answers go first/).waitFor();
}

export const comparisonScenes: Record<string, Scene> = {
	'compare-empty': scene(),
	'compare-done': scene(ladderComparison(), earlier),
	'compare-answers': {
		...scene(ladderComparison(), earlier),
		act: (page) => page.getByRole('region', { name: 'Answers side by side' }).scrollIntoViewIfNeeded(),
	},
	'compare-imported': scene(elsewhere, ladderComparison(), earlier),
	'compare-beside': {
		...scene(ladderComparison(), elsewhere),
		act: (page) => page.getByRole('region', { name: 'Side by side with another computer' }).scrollIntoViewIfNeeded(),
	},
	'compare-running': scene(
		ladderComparison(
			{
				status: 'running',
				done: 41,
				total: 71,
				secondsLeft: 412,
				doing: 'Quality of Q5_K_M on mathematics',
				endedAt: null,
			},
			4,
		),
	),
	'compare-starting': scene(
		ladderComparison(
			{
				status: 'running',
				done: 2,
				total: 71,
				secondsLeft: 840,
				secondsLeftLearned: false,
				doing: 'Quantising to Q5_K_M',
				conditions: {},
				endedAt: null,
			},
			0,
		),
	),
	'compare-paused': scene(ladderComparison({ status: 'paused', done: 24, total: 71, secondsLeft: 840 }, 2)),
	'compare-failed': scene(
		ladderComparison(
			{
				status: 'failed',
				done: 24,
				total: 71,
				secondsLeft: null,
				failure: {
					code: 'disk-full',
					message: 'Q2_K needs 88 MB and the disk has 41 MB free.',
					next: ['Free some room', 'Resume: finished measurements are kept'],
				},
			},
			3,
		),
	),
	'compare-busy': scene(ladderComparison({ conditions: { ...ladderComparison().conditions, highestLoadBefore: 3.8 } })),
	'compare-felt': {
		...scene(ladderComparison(), earlier),
		act: (page) => page.getByRole('region', { name: 'Latency in chat' }).scrollIntoViewIfNeeded(),
	},
	'compare-estimated': scene(estimatedComparison(), earlier),
	'compare-unreadable': {
		prepare(fake) {
			library(fake);
			fake.data.comparisons.failure = {
				code: 'database-damaged',
				message: 'The database file is damaged at page 412.',
				next: ['Restore a backup'],
			};
			return '/compare';
		},
	},
	'compare-plan': { ...planned, act: openForm },
	'compare-plan-adapters': {
		prepare(fake) {
			const route = planned.prepare(fake);
			fake.data.adapters = [buildAdapter(1)];
			return route;
		},
		async act(page) {
			await openForm(page);
			await page.getByRole('button', { name: 'Add a model with an adapter' }).click();
			await page.getByRole('menuitem', { name: /^Tickets/ }).click();
			await page.getByRole('button', { name: /^Add another scale/ }).click();
			await page.getByRole('list', { name: 'With adapters' }).scrollIntoViewIfNeeded();
		},
	},
	'compare-plan-first': { ...scene(), act: openForm },
	'compare-plan-task': {
		...planned,
		async act(page) {
			await openForm(page);
			await page.getByText('Thorough, with my dataset').click();
			await page.getByRole('button', { name: /^Dataset:/ }).waitFor();
			await page.getByRole('button', { name: /^Dataset:/ }).scrollIntoViewIfNeeded();
			await page.waitForTimeout(300);
		},
	},
	'compare-plan-advanced': {
		...planned,
		async act(page) {
			await openForm(page);
			await page.getByText('Advanced').click();
			await page.getByRole('textbox', { name: /^Prompts to answer/ }).scrollIntoViewIfNeeded();
			await page.waitForTimeout(300);
		},
	},
	'compare-unsteady': scene(unsteadyComparison()),
	'compare-too-hard': scene(hardTaskComparison()),
	'compare-tools': scene(toolsComparison()),
	'compare-waiting': scene(
		ladderComparison(
			{
				status: 'running',
				done: 41,
				total: 71,
				secondsLeft: 95,
				doing: 'Waiting until the computer is quiet: 71 % of its processor is in use',
				waiting: true,
				endedAt: null,
			},
			8,
		),
	),
	'compare-columns': {
		...scene(ladderComparison(), earlier),
		async act(page) {
			await page.getByRole('button', { name: /^Columns,/ }).click();
			await page.getByRole('menuitemcheckbox', { name: /^Load/ }).waitFor();
		},
	},
	'compare-row-menu': {
		...scene(ladderComparison({ dropped: [{ candidateId: 99, name: 'IQ4_XS' }] })),
		async act(page) {
			await page.getByRole('button', { name: 'More for Q4_K_M' }).click();
			await page.getByRole('menuitem', { name: 'Exclude from the comparison' }).waitFor();
		},
	},
	'compare-manifest': {
		...scene(ladderComparison()),
		async act(page) {
			await page.getByRole('button', { name: 'Manifest' }).click();
			await page.getByRole('region', { name: 'Files' }).waitFor();
		},
	},
	'compare-grow': {
		...scene(ladderComparison()),
		async act(page) {
			await page.getByRole('button', { name: 'Add samples' }).click();
			await page.getByRole('textbox', { name: /^Samples of/ }).waitFor();
		},
	},
	'compare-menu': {
		...scene(ladderComparison(), earlier),
		async act(page) {
			await page.getByRole('button', { name: 'SmolLM2 135M Instruct, 8 files' }).click();
			await page.getByRole('menuitem', { name: /Llama/ }).waitFor();
			await page.waitForTimeout(300);
		},
	},
};
