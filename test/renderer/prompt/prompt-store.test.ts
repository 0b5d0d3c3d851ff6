import { describe, expect, test } from 'vitest';
import type { Prompt, PromptContent, PromptId, PromptVersionId } from '../../../electron/contract/prompt/schema.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { suggestPromptName } from '../../../renderer/prompt/evaluate-system-prompt.ts';
import { createPromptStore, isChanged, shownContent, shownPrompt } from '../../../renderer/prompt/prompt-store.ts';
import { splitTemplate } from '../../../renderer/prompt/template-field.tsx';
import { toTrialInput } from '../../../renderer/prompt/use-trial.ts';
import { addPrompt, fakePrompts } from '../../support/fake-application/prompt/data.ts';
import { buildPrompt, buildPromptVersion } from '../../support/fixtures/prompt.ts';

/** The storage of a new tab. */
const nothing = { getItem: (): string | null => null, setItem: () => {}, removeItem: () => {} };

/** The drafts that the application has. */
type Kept = Map<PromptId, PromptContent>;

function storeWith(kept: Kept = new Map(), storage: typeof nothing = nothing) {
	const held = fakePrompts();
	addPrompt(held, { id: 9, name: 'Plain', starterId: 'plain' }, [buildPromptVersion(90, 9, 1)]);
	addPrompt(held, { id: 1, name: 'Triage' }, [
		buildPromptVersion(12, 1, 2, { template: 'Sort {{input}}' }),
		buildPromptVersion(11, 1, 1),
	]);
	const prompts = {
		drafts: async () => ({ drafts: [...kept].map(([promptId, content]) => ({ promptId, ...content })) }),
		setDraft: async ({ id, draft }: { id: PromptId; draft: PromptContent | null }) => {
			if (draft === null) kept.delete(id);
			else kept.set(id, draft);
			return { kept: draft !== null };
		},
		list: async ({ deleted = false }) => ({ prompts: deleted ? [] : held.all }),
		get: async ({ id }: { id: number }) => ({
			prompt: held.all.find((one) => one.id === id),
			versions: held.versions.filter(({ promptId }) => promptId === id),
		}),
		addVersion: async ({ id, note, ...content }: { id: number; note: string } & PromptContent): Promise<Prompt> => {
			if (content.template.includes('{{')) {
				const before = held.all.find((one) => one.id === id);
				if (before === undefined) throw new Error(`There is no prompt with the number ${id}.`);
				const latest = {
					...before.latest,
					...content,
					note,
					id: 99 as PromptVersionId,
					number: before.latest.number + 1,
				};
				held.versions.unshift(latest);
				held.all = held.all.map((one) => (one.id === id ? { ...one, latest } : one));
				return { ...before, latest };
			}
			throw new Error('template-invalid');
		},
	};
	return createPromptStore({ client: { prompts } } as unknown as Connection, storage, (message) => {
		throw new Error(message);
	});
}

describe('prompts', () => {
	test('of the user come before those that come with Assay', async () => {
		const store = storeWith();
		await store.refresh();
		expect(store.state.getState().prompts.map(({ id }) => id)).toEqual([1, 9]);
		expect(shownPrompt(store.state.getState())?.id).toBe(1);
	});

	test('edited text is a draft unless it equals the newest version', async () => {
		const store = storeWith();
		await store.refresh();
		const first = shownContent(store.state.getState())!;
		store.write({ ...first, template: 'Rank {{input}}' });
		expect([isChanged(store.state.getState()), shownContent(store.state.getState())?.template]).toEqual([
			true,
			'Rank {{input}}',
		]);
		store.write({ ...shownContent(store.state.getState())!, template: 'Sort {{input}}' });
		expect(isChanged(store.state.getState())).toBe(false);
	});

	test('a draft made from a version is saved into its own prompt, although a version has an id of its own', async () => {
		const store = storeWith();
		await store.refresh();
		await store.open(1);
		// As the editor did: a version has everything that content has, and more.
		const version: PromptContent = { ...store.state.getState().versions[0]!, template: 'Rank {{input}}' };
		store.write(version);
		expect(store.state.getState().drafts[1 as PromptId]).toEqual({
			system: '',
			template: 'Rank {{input}}',
			example: '',
		});
		expect((await store.save(''))?.promptId).toBe(1);
	});

	test('a draft that an earlier page left behind with the id of a version is saved into its own prompt', async () => {
		const left = { id: 90, promptId: 9, system: '', template: 'Rank {{input}}', example: '' };
		const storage = { ...nothing, getItem: () => JSON.stringify([[1, left]]) };
		const store = storeWith(new Map(), storage);
		await store.refresh();
		await store.open(1);
		expect((await store.save(''))?.promptId).toBe(1);
	});

	test('a draft survives the page, and the address at which it was written', async () => {
		const kept: Kept = new Map();
		const before = storeWith(kept);
		await before.refresh();
		before.write({ system: '', template: 'Rank {{input}}', example: '' });
		await expect.poll(() => kept.size).toBe(1);
		const after = storeWith(kept);
		await after.refresh();
		expect(shownContent(after.state.getState())?.template).toBe('Rank {{input}}');
	});

	test('once saved, it is the newest version and no longer a draft', async () => {
		const store = storeWith();
		await store.refresh();
		store.write({ system: 'Be short.', template: 'Rank {{input}}', example: '' });
		expect(await store.save('ranks')).toMatchObject({ number: 3, note: 'ranks' });
		expect(isChanged(store.state.getState())).toBe(false);
		expect(store.state.getState().versions.map(({ number }) => number)).toEqual([3, 2, 1]);
		expect(await store.save('again')).toBeNull();
	});

	test('if saving is refused, it stays a draft', async () => {
		const store = storeWith();
		await store.refresh();
		store.write({ system: '', template: 'no variable', example: '' });
		await expect(store.save('')).rejects.toThrow('template-invalid');
		expect(isChanged(store.state.getState())).toBe(true);
	});
});

test('variables are recognised, other braces stay plain text', () => {
	expect(splitTemplate('Sort {{ ticket }} by {{kind}}')).toEqual([
		{ text: 'Sort ', variable: null },
		{ text: '{{ ticket }}', variable: 'ticket' },
		{ text: ' by ', variable: null },
		{ text: '{{kind}}', variable: 'kind' },
	]);
	expect(splitTemplate(String.raw`\{{not}} {one} {{`)).toEqual([
		{ text: String.raw`\{{not}} {one} {{`, variable: null },
	]);
	for (const text of ['', '{{}}', '{{a}}{{b}}', 'x{{a\nb}}']) {
		expect(
			splitTemplate(text)
				.map((part) => part.text)
				.join(''),
		).toBe(text);
	}
});

describe('the name of a prompt from a chat', () => {
	test.each([
		['Answer with exactly one word.', 'Answer with exactly one word'],
		['You are a pirate! Answer as one.', 'You are a pirate!'],
		['Be kind, e.g. say thanks.\nBe short.', 'Be kind, e.g. say thanks'],
		['x'.repeat(80), `${'x'.repeat(48)}…`],
		[
			'Answer as a careful lawyer would, who has read every contract',
			'Answer as a careful lawyer would, who has read…',
		],
		[' \n ', 'From chat'],
	])('%j becomes %j', (system, name) => expect(suggestPromptName(system)).toBe(name));
});

describe('without a choice', () => {
	const starter = (id: number, variables: readonly string[]): Prompt =>
		buildPrompt(id, buildPromptVersion(id, id, 1, { variables: [...variables] }), { starterId: `s${id}` });

	test('the user’s first prompt is shown, or one that any sample fills', () => {
		const all = [starter(1, ['context', 'input']), starter(2, ['input'])];
		expect(shownPrompt({ prompts: all, openId: null })?.id).toBe(2);
		expect(
			shownPrompt({ prompts: [{ ...all[0]!, id: 7 as PromptId, starterId: null }, ...all], openId: null })?.id,
		).toBe(7);
		expect(shownPrompt({ prompts: all, openId: 1 })?.id).toBe(1);
		expect(shownPrompt({ prompts: [], openId: null })).toBeUndefined();
	});
});

test('a prompt is tried as in a run: its own system prompt or none, examples as turns, greedy and bounded', () => {
	const asked = { kind: 'generate', text: '', votes: 1, temperature: null, grammar: null } as const;
	const turns = [
		{ role: 'user', content: '1 + 1' },
		{ role: 'assistant', content: '2' },
		{ role: 'user', content: '7 + 5' },
	] as const;
	expect(toTrialInput({ ...asked, turns: [...turns] })).toMatchObject({
		tools: [],
		systemPrompt: '',
		turns,
		options: { presetId: null },
		sampling: { temperature: 0, maxTokens: 256, seed: 0 },
	});
	const system = { role: 'system', content: 'Be short.' } as const;
	expect(toTrialInput({ ...asked, turns: [system, ...turns] })).toMatchObject({ systemPrompt: 'Be short.', turns });
});
