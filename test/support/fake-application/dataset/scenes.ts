import type { Page } from 'playwright-core';
import type { CheckReport, ImportPreview, Lengths } from '../../../../electron/contract/dataset/schema.ts';
import { buildSample } from '../../fixtures/dataset.ts';
import type { FakeApplication } from '../fake-application.ts';
import { type Scene, withHistory, withModel } from '../scene.ts';
import { ticketSamples, withTickets } from './data.ts';

function tickets(fake: FakeApplication): string {
	withModel(fake);
	withTickets(fake.data.datasets);
	return '/datasets/1';
}

const settle = (page: Page) => page.waitForTimeout(350);
const rows = (page: Page) => page.getByRole('grid', { name: 'Samples' }).getByRole('row');

export const preview: ImportPreview = {
	format: 'csv',
	task: null,
	formatText: 'CSV, separated by semicolons, UTF-8',
	sizeBytes: 48_200,
	files: [{ name: 'tickets.csv', sizeBytes: 48_200 }],
	rows: 160,
	rowsExact: true,
	name: 'tickets',
	split: 'test',
	columns: [
		{ name: 'ticket', filled: 160, examples: ['Charged twice for March', 'Do you ship to Norway?'], distinct: 100 },
		{ name: 'topic', filled: 160, examples: ['billing', 'shipping'], distinct: 5 },
		{ name: 'urgent', filled: 160, examples: ['true', 'false'], distinct: 2 },
		{ name: 'received', filled: 160, examples: ['2026-11-02'], distinct: 7 },
		{ name: 'agent', filled: 12, examples: ['mk'], distinct: 3 },
	],
	firstRows: [],
	mapping: {
		input: 'ticket',
		target: 'topic',
		choices: [],
		choiceSeparator: '',
		targetIs: 'text',
		key: null,
		split: null,
		tags: ['urgent'],
		cluster: null,
		metadata: ['agent'],
	},
	table: { delimiter: ';', head: true, quotes: 'standard', encoding: 'utf-8' },
	samples: ticketSamples(5).map((sample) => ({ ...sample, target: 'billing' })),
	problems: [
		{ where: 'tickets.csv, row 41', what: 'It has six cells where the others have five; the last was left out.' },
	],
};

const lengths = (unit: number): Lengths => ({
	count: 160,
	total: 160 * unit,
	min: 4,
	median: unit,
	mean: unit + 0.6,
	p95: unit * 3,
	max: unit * 7,
	histogram: [12, 38, 51, 24, 14, 9, 6, 2, 1, 1, 0, 1, 0, 0, 0, 1],
	longest: [{ id: 1_002, key: 'row-1002', length: unit * 7 }],
});

const side = (id: number, input: string, split = 'test') => ({ id, key: `row-${id}`, split, input });

const report: CheckReport = {
	versionId: 13,
	revision: 3,
	samples: 160,
	withoutTarget: 4,
	emptyInputs: 0,
	targetNotAChoice: 0,
	exact: {
		count: 1,
		pairs: [
			{
				first: side(1_000, 'Charged twice for March'),
				second: side(1_008, 'Charged twice for march!', 'examples'),
				similarity: 1,
				onlyNumbers: false,
				sameTarget: true,
			},
		],
	},
	near: {
		complete: true,
		threshold: 0.8,
		count: 2,
		pairs: [
			{
				first: side(1_006, 'Delivered to the wrong house'),
				second: side(1_018, 'Delivered to the wrong flat'),
				similarity: 0.84,
				onlyNumbers: false,
				sameTarget: false,
			},
			{
				first: side(1_001, 'App closes on page 3'),
				second: side(1_013, 'App closes on page 12'),
				similarity: 0.91,
				onlyNumbers: true,
				sameTarget: true,
			},
		],
	},
	overlap: [{ splits: ['test', 'examples'], count: 1 }],
	conflicts: 1,
	lengths: { unit: 'words', modelName: null, counted: 160, input: lengths(14), target: lengths(6) },
	personal: {
		count: 2,
		byKind: [
			{ kind: 'email', count: 1 },
			{ kind: 'phone', count: 1 },
		],
		findings: [
			{
				id: 1_003,
				key: 'row-1003',
				field: 'input',
				kind: 'email',
				found: 'ada@example.org',
				before: 'Write to ',
				after: ' please',
			},
			{
				id: 1_005,
				key: 'row-1005',
				field: 'input',
				kind: 'phone',
				found: '+44 20 7946 0018',
				before: 'or call ',
				after: ' after six',
			},
		],
	},
	ms: 84,
};

async function chooseFile(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Dataset actions' }).click();
	await page.getByRole('menuitem', { name: 'Import samples' }).click();
	await page
		.getByLabel('Files with samples')
		.setInputFiles({ name: 'tickets.csv', mimeType: 'text/csv', buffer: Buffer.from('ticket;topic\n') });
}

const importing = (change: (fake: FakeApplication) => void, wait: string): Scene => ({
	prepare(fake) {
		const route = tickets(fake);
		fake.data.datasets.preview = preview;
		change(fake);
		return route;
	},
	async act(page) {
		await chooseFile(page);
		await page.getByText(wait).first().waitFor();
		await settle(page);
	},
});

const act = (does: (page: Page) => Promise<void>): Scene => ({
	prepare: tickets,
	async act(page) {
		await does(page);
		await settle(page);
	},
});

export const datasetScenes: Record<string, Scene> = {
	datasets: { prepare: tickets },
	'datasets-sample': act(async (page) => {
		await rows(page).nth(3).click();
		await page.getByRole('heading', { name: 'Sample 3' }).waitFor();
	}),
	'datasets-edit': act(async (page) => {
		await rows(page).nth(3).click();
		await page.locator('[data-row-index]:focus').waitFor();
		await page.keyboard.press('Enter');
		await page.getByRole('textbox', { name: 'Target' }).waitFor();
	}),
	'datasets-changes': act(async (page) => {
		await page.getByText('Changes', { exact: true }).click();
		await page.getByRole('list', { name: 'Changed samples' }).waitFor();
	}),
	'datasets-checks': {
		prepare(fake) {
			const route = tickets(fake);
			fake.data.datasets.report = report;
			return route;
		},
		async act(page) {
			await page.getByText('Checks', { exact: true }).click();
			await page.getByRole('button', { name: 'Check samples' }).click();
			await page.getByRole('list', { name: 'Findings' }).waitFor();
			await page.getByRole('button', { name: 'Show', exact: true }).nth(1).click();
			await settle(page);
		},
	},
	'datasets-not-checked': act(async (page) => {
		await page.getByText('Checks', { exact: true }).click();
	}),
	'datasets-split': act(async (page) => {
		await page.getByRole('button', { name: 'Dataset actions' }).click();
		await page.getByRole('menuitem', { name: 'Random split' }).click();
		await page.getByRole('dialog').waitFor();
	}),
	'datasets-trash': act(async (page) => {
		await page.getByRole('button', { name: 'Dataset actions' }).click();
		await page.getByRole('menuitem', { name: 'Delete' }).click();
		await page.getByRole('button', { name: /^Trash/ }).click();
		await page.getByRole('menuitem', { name: /Restore/ }).waitFor();
	}),
	'datasets-nothing-fits': act(async (page) => {
		await page.getByRole('searchbox', { name: 'Search samples' }).fill('zanzibar');
		await page.getByText('No results').waitFor();
	}),
	'datasets-import': {
		prepare: tickets,
		async act(page) {
			await page.getByRole('button', { name: 'Dataset actions' }).click();
			await page.getByRole('menuitem', { name: 'Import samples' }).click();
			await page.getByRole('dialog').waitFor();
			await settle(page);
		},
	},
	'datasets-import-preview': importing(() => {}, 'Preview import'),
	'datasets-import-failed': importing((fake) => {
		fake.data.datasets.previewFailure = {
			code: 'nothing-readable',
			message: 'tickets.csv holds no rows: it is a picture.',
			next: ['Choose a CSV, TSV, JSON or JSON Lines file'],
		};
	}, 'Import failed'),
	'datasets-importing': {
		...importing((fake) => fake.data.datasets.held.push('dataset-import'), 'Preview import'),
		async act(page) {
			await chooseFile(page);
			await page.getByRole('button', { name: 'Import 160 samples' }).click();
			await page.getByText('Importing tickets.csv').waitFor();
			await settle(page);
		},
	},
	'datasets-empty': {
		prepare(fake) {
			withModel(fake);
			return '/datasets';
		},
	},
	'datasets-unreadable': {
		prepare(fake) {
			withModel(fake);
			fake.data.datasets.failure = {
				code: 'database-damaged',
				message: 'The database file is damaged at page 412.',
				next: ['Restore a backup'],
			};
			return '/datasets';
		},
	},
	'datasets-turns': {
		prepare(fake) {
			const route = tickets(fake);
			const [, , version] = fake.data.datasets.versions;
			const { datasets } = fake.data;
			const shown = datasets.versions.find((one) => one.version.id === 13) ?? version!;
			shown.samples = [
				buildSample(
					5_000,
					[
						{ role: 'system', content: 'You answer in one sentence.' },
						{ role: 'user', content: 'How many light minutes is it to Mars when it is closest?' },
						{ role: 'assistant', content: 'About 14.2 light minutes.' },
						{ role: 'user', content: 'Closest, not on average.' },
					],
					{
						target: 'About 3.0 light minutes.',
						choices: ['About 14.2 light minutes.', 'About 3.0 light minutes.'],
						source: { kind: 'message', conversationId: 1, messageId: 2 },
					},
				),
				...shown.samples,
			];
			return route;
		},
		async act(page) {
			await rows(page).nth(1).click();
			await page.getByRole('button', { name: 'Open conversation' }).waitFor();
			await settle(page);
		},
	},
	'chat-add-to-dataset': {
		prepare(fake) {
			const { conversationId } = withHistory(fake);
			withTickets(fake.data.datasets);
			return `/chat/${conversationId}`;
		},
		async act(page) {
			await page.getByRole('button', { name: 'More answer actions' }).last().click();
			await page.getByRole('menuitem', { name: /^Add to dataset/ }).click();
			await page.getByRole('dialog', { name: 'Add to dataset' }).waitFor();
			await settle(page);
		},
	},
};
