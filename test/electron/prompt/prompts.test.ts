import { describe, expect, test } from 'vitest';
import type { PromptContent } from '../../../electron/contract/prompt/schema.ts';
import { all } from '../../../electron/database/sql.ts';
import { createEventBus, type InternalEvent } from '../../../electron/events.ts';
import { compilePrompt } from '../../../electron/prompt/compile-prompt.ts';
import { diffPrompts } from '../../../electron/prompt/diff.ts';
import { previewPrompt } from '../../../electron/prompt/preview.ts';
import {
	addPromptVersion,
	addStarterPrompts,
	contentHash,
	createPrompt,
	discardPrompt,
	emptyPromptTrash,
	type PromptTrashContext,
	promptHistory,
	removePrompt,
	renamePrompt,
	restorePrompt,
	setPromptDraft,
} from '../../../electron/prompt/prompts.ts';
import { starterPrompts } from '../../../electron/prompt/starter-prompts.ts';
import { getPrompt, getPromptVersion, listPrompts, promptOfVersion } from '../../../electron/prompt/store.ts';
import { createDatabase } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';

interface TestContext extends PromptTrashContext {
	readonly published: InternalEvent[];
	inUse: number[];
}

function contextForTest(): TestContext {
	const { database } = createDatabase();
	const published: InternalEvent[] = [];
	const events = createEventBus((error) => {
		throw error;
	});
	events.subscribe((event) => published.push(event));
	let now = 1_000;
	const context: TestContext = {
		database,
		events,
		published,
		inUse: [],
		clock: () => {
			now += 1;
			return now;
		},
		runsWith: (ids) => (ids.some((id) => context.inUse.includes(id)) ? ['a run'] : []),
	};
	return context;
}

const content = (template: string, more: Partial<PromptContent> = {}): PromptContent => ({
	system: '',
	example: '',
	...more,
	template,
});
const input = (name: string, template = '{{input}}') => ({ ...content(template), name, description: '', note: '' });

describe('prompt', () => {
	test('has versions that never change, newest first, identified by their content', () => {
		const context = contextForTest();
		const made = createPrompt(context, { ...input('Capital', 'Q: {{input}}'), note: 'first' });
		expect(made).toMatchObject({
			name: 'Capital',
			versions: 1,
			latest: { number: 1, note: 'first', variables: ['input'] },
		});
		const next = addPromptVersion(
			context,
			made.id,
			content('Question: {{input}} {{hint}}', { system: '{{subject}}' }),
			'longer',
		);
		expect(next).toMatchObject({ versions: 2, latest: { number: 2, variables: ['subject', 'input', 'hint'] } });
		expect(next.updatedAt).toBeGreaterThan(made.updatedAt);
		const { versions } = promptHistory(context, made.id);
		expect(versions.map(({ number, template }) => [number, template])).toEqual([
			[2, 'Question: {{input}} {{hint}}'],
			[1, 'Q: {{input}}'],
		]);
		expect(getPromptVersion(context.database, made.latest.id)).toEqual(made.latest);
		expect(promptOfVersion(context.database, made.latest.id)).toBe(made.id);
		expect(promptOfVersion(context.database, 999)).toBeNull();
		expect(made.latest.sha256).toBe(contentHash(content('Q: {{input}}')));
		expect(context.published).toEqual(Array(2).fill({ type: 'prompts-changed', promptId: made.id }));
	});

	test('gets no new version for the newest content; an older content may return', () => {
		const context = contextForTest();
		const made = createPrompt(context, input('A', 'one {{input}}'));
		expect(addPromptVersion(context, made.id, content('one {{input}}'), 'again').versions).toBe(1);
		addPromptVersion(context, made.id, content('two {{input}}'), '');
		const back = addPromptVersion(context, made.id, content('one {{input}}'), 'back');
		expect(back.latest).toMatchObject({ number: 3, sha256: made.latest.sha256 });
	});

	test('starts empty if nothing is written: it can’t be used yet, and the first text becomes version 1', async () => {
		const context = contextForTest();
		const empty = { system: '', template: '', example: '' };
		const { id, latest } = createPrompt(context, { ...empty, name: 'New', description: '', note: '' });
		expect(latest).toMatchObject({ number: 1, template: '', variables: [] });
		expect((await failureOf(() => compilePrompt(latest))).code).toBe('prompt-empty');
		const written = addPromptVersion(context, id, { ...empty, template: '{{input}}' }, '');
		expect(written).toMatchObject({ versions: 1, latest: { number: 1, template: '{{input}}' } });
		expect(addPromptVersion(context, id, { ...empty, template: 'Q: {{input}}' }, '').latest.number).toBe(2);
	});

	test('is discarded for good only if nothing depends on it', () => {
		const context = contextForTest();
		const make = (name: string) =>
			createPrompt(context, {
				system: 'Be brief.',
				template: '{{input}}',
				example: '',
				name,
				description: '',
				note: '',
			});
		const [unused, used, changed, drafted] = ['a', 'b', 'c', 'd'].map(make);
		context.inUse.push(used!.latest.id);
		addPromptVersion(context, changed!.id, { system: '', template: '{{input}}', example: '' }, '');
		setPromptDraft(context, drafted!.id, { system: '', template: '', example: '' });
		const discarded = [unused, used, changed, drafted].map((prompt) => discardPrompt(context, prompt!.id));
		expect(discarded).toEqual([true, false, false, false]);
		expect(listPrompts(context.database, false).map(({ name }) => name)).toEqual(['b', 'c', 'd']);
		expect(listPrompts(context.database, true)).toEqual([]);
	});

	test('has a unique name, ignoring case', async () => {
		const context = contextForTest();
		const made = createPrompt(context, input('Ask'));
		expect((await failureOf(() => createPrompt(context, input('ASK')))).code).toBe('prompt-name-taken');
		const other = createPrompt(context, input('Other'));
		expect((await failureOf(() => renamePrompt(context, other.id, 'ask', undefined))).code).toBe('prompt-name-taken');
		expect(renamePrompt(context, made.id, 'ASK', 'what for')).toMatchObject({ name: 'ASK', description: 'what for' });
		expect(renamePrompt(context, made.id, 'Ask', undefined)).toMatchObject({ name: 'Ask', description: 'what for' });
	});

	test('that can’t work is not saved', async () => {
		const context = contextForTest();
		for (const [template, code] of [
			['{{', 'template-invalid'],
			['{{target}}', 'leak'],
		] as const) {
			expect((await failureOf(() => createPrompt(context, input('X', template)))).code).toBe(code);
		}
		const endless = { ...input('X'), example: '{{examples}}' };
		expect((await failureOf(() => createPrompt(context, endless))).code).toBe('template-recurses');
		expect(listPrompts(context.database, false)).toEqual([]);
		expect((await failureOf(() => getPrompt(context.database, 7))).code).toBe('prompt-unknown');
		expect((await failureOf(() => getPromptVersion(context.database, 7))).code).toBe('prompt-version-unknown');
	});

	test('goes to the trash and comes back, under another name if its own is taken', () => {
		const context = contextForTest();
		const first = createPrompt(context, input('Ask'));
		expect(removePrompt(context, first.id).deletedAt).not.toBeNull();
		const second = createPrompt(context, input('ask'));
		expect(listPrompts(context.database, false).map(({ id }) => id)).toEqual([second.id]);
		expect(listPrompts(context.database, true).map(({ id }) => id)).toEqual([first.id]);
		expect(restorePrompt(context, first.id)).toMatchObject({ name: 'Ask (2)', deletedAt: null });
		expect(restorePrompt(context, first.id).name).toBe('Ask (2)');
	});

	test('is deleted for good only from the trash, and not while a run needs it', () => {
		const context = contextForTest();
		const [kept, gone, live] = ['Kept', 'Gone', 'Live'].map((name) => createPrompt(context, input(name)));
		removePrompt(context, kept!.id);
		removePrompt(context, gone!.id);
		context.inUse = [kept!.latest.id];
		expect(emptyPromptTrash(context, [live!.id])).toEqual({ prompts: 0, kept: [] });
		expect(emptyPromptTrash(context, null)).toEqual({ prompts: 1, kept: ['Kept'] });
		expect(all(context.database, 'SELECT name FROM prompts ORDER BY name')).toEqual([
			{ name: 'Kept' },
			{ name: 'Live' },
		]);
		expect(all(context.database, 'SELECT count(*) AS n FROM prompt_versions')).toEqual([{ n: 2 }]);
	});
});

describe('the bundled prompts', () => {
	test('are all usable, each with a unique name and id', () => {
		expect(starterPrompts.length).toBeGreaterThanOrEqual(10);
		for (const starter of starterPrompts) expect(() => compilePrompt(starter)).not.toThrow();
		expect(new Set(starterPrompts.map(({ starterId }) => starterId)).size).toBe(starterPrompts.length);
		expect(new Set(starterPrompts.map(({ name }) => name.toLowerCase())).size).toBe(starterPrompts.length);
	});

	test('are added once, and the user’s changes stay', () => {
		const context = contextForTest();
		const own = createPrompt(context, input('Summarise', 'mine {{input}}'));
		addStarterPrompts(context);
		const listed = listPrompts(context.database, false);
		expect(listed).toHaveLength(starterPrompts.length + 1);
		expect(listed.map(({ name }) => name)).toContain('Summarise (2)');
		const [first] = listed.filter(({ starterId }) => starterId !== null);
		addPromptVersion(context, first!.id, content('changed {{input}}'), '');
		removePrompt(context, listed.find(({ starterId }) => starterId === 'plain')!.id);
		addStarterPrompts(context);
		expect(listPrompts(context.database, false)).toHaveLength(starterPrompts.length);
		expect(getPrompt(context.database, first!.id).latest.template).toBe('changed {{input}}');
		expect(getPrompt(context.database, own.id).name).toBe('Summarise');
		// After deleting it for good, it does not come back either.
		expect(emptyPromptTrash(context, null)).toEqual({ prompts: 1, kept: [] });
		addStarterPrompts(context);
		expect(listPrompts(context.database, false)).toHaveLength(starterPrompts.length);
		expect(listPrompts(context.database, true)).toEqual([]);
	});
});

describe('a diff', () => {
	test('shows additions and removals word by word', () => {
		const diff = diffPrompts(
			content('Ask {{input}} now', { system: 'same' }),
			content('Ask {{question}} now', { system: 'same', example: 'new' }),
		);
		expect(diff.system).toEqual([{ kind: 'same', text: 'same' }]);
		expect(diff.example).toEqual([{ kind: 'added', text: 'new' }]);
		expect(diff.template).toContainEqual({ kind: 'removed', text: 'input' });
		expect(diff.template).toContainEqual({ kind: 'added', text: 'question' });
		const text = (without: string) =>
			diff.template
				.filter(({ kind }) => kind !== without)
				.map((part) => part.text)
				.join('');
		expect([text('added'), text('removed')]).toEqual(['Ask {{input}} now', 'Ask {{question}} now']);
	});

	test('of two long texts with nothing in common ends quickly', () => {
		const random = (seed: number) => Array.from({ length: 60_000 }, (_, n) => `w${(n * seed) % 99_991}`).join(' ');
		const started = performance.now();
		const { template } = diffPrompts(content(random(7)), content(random(13)));
		expect(performance.now() - started).toBeLessThan(25_000);
		expect(template.length).toBeGreaterThanOrEqual(2);
	});
});

describe('a preview', () => {
	const sample = {
		input: 'Capital of France?',
		target: 'Paris',
		choices: null,
		variables: { answer: 'Paris', note: 'x' },
		metadata: {},
	};
	const technique = { kind: 'zero-shot', extract: { kind: 'whole' } } as const;
	const preview = (template: string, more: object = {}) =>
		previewPrompt({ content: content(template), technique, sample, examples: [], ...more });

	test('shows the model’s prompt', () => {
		expect(preview('Q: {{input}}')).toEqual({
			variables: ['input'],
			missing: [],
			request: expect.objectContaining({ turns: [{ role: 'user', content: 'Q: Capital of France?' }] }),
			warnings: [],
		});
	});

	test('names the missing variables instead', () => {
		expect(preview('{{input}} {{context}} {{more}}')).toMatchObject({ missing: ['context', 'more'], request: null });
	});

	test('warns of a column that holds the answer, of a constant question, and of hidden choices', () => {
		expect(preview('{{input}} {{answer}}').warnings).toEqual([
			expect.stringContaining("{{answer}} contains this sample's expected answer"),
		]);
		expect(preview('Say hello').warnings).toEqual([expect.stringContaining('has no variables')]);
		const choices = { sample: { ...sample, choices: ['Paris', 'Rome'] } };
		expect(preview('{{input}}', choices).warnings).toEqual([expect.stringContaining('{{choices}}')]);
		expect(preview('{{input}} {{choices}}', choices).warnings).toEqual([]);
	});
});
