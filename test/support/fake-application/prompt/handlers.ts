import type { Implementer } from '../../../../electron/api/implementer.ts';
import type { PromptId, PromptVersionId } from '../../../../electron/contract/prompt/schema.ts';
import { diffPrompts } from '../../../../electron/prompt/diff.ts';
import { previewPrompt } from '../../../../electron/prompt/preview.ts';
import { Failure } from '../../../../models/contract/failure.ts';
import { buildPromptVersion } from '../../fixtures/prompt.ts';
import type { FakeApplication } from '../fake-application.ts';
import { unscripted } from '../unscripted.ts';
import { addPrompt } from './data.ts';

/** Handlers of prompts for the scenes; the application's own code makes differences and previews. */
export function promptHandlers(fake: FakeApplication, { prompts: os }: Implementer) {
	const held = fake.data.prompts;
	const unknown = () => new Failure({ code: 'prompt-unknown', message: 'There is no such prompt.', next: [] });
	function prompt(id: number) {
		const found = held.all.find((one) => one.id === id);
		if (found === undefined) throw unknown();
		return found;
	}
	function version(id: number) {
		const found = held.versions.find((one) => one.id === id);
		if (found === undefined) throw unknown();
		return found;
	}
	return {
		list: os.list.handler(({ input }) => {
			if (held.failure !== null) throw new Failure(held.failure);
			return { prompts: input.deleted ? [] : held.all };
		}),
		get: os.get.handler(({ input }) => ({
			prompt: prompt(input.id),
			versions: held.versions.filter(({ promptId }) => promptId === input.id),
		})),
		create: os.create.handler(({ input: { name, description, ...content } }) => {
			const id = fake.nextId();
			addPrompt(held, { id, name, description }, [buildPromptVersion(fake.nextId(), id, 1, content)]);
			return prompt(id);
		}),
		rename: os.rename.handler(unscripted),
		addVersion: os.addVersion.handler(({ input: { id, ...content } }) => {
			const { latest } = prompt(id);
			const newId = fake.nextId() as PromptVersionId;
			const next = { ...latest, ...content, id: newId, number: latest.number + 1, createdAt: Date.now() };
			held.versions.unshift(next);
			held.all = held.all.map((one) => (one.id === id ? { ...one, latest: next, versions: one.versions + 1 } : one));
			return prompt(id);
		}),
		drafts: os.drafts.handler(() => ({
			drafts: [...held.drafts].map(([promptId, content]) => ({ ...content, promptId: promptId as PromptId })),
		})),
		setDraft: os.setDraft.handler(({ input: { id, draft } }) => {
			if (draft === null) held.drafts.delete(id);
			else held.drafts.set(id, draft);
			return { kept: draft !== null };
		}),
		remove: os.remove.handler(unscripted),
		restore: os.restore.handler(unscripted),
		discard: os.discard.handler(unscripted),
		empty: os.empty.handler(unscripted),
		diff: os.diff.handler(({ input }) => diffPrompts(version(input.fromVersionId), version(input.toVersionId))),
		preview: os.preview.handler(({ input }) => previewPrompt(input)),
	};
}
