import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Preset } from '../../../electron/contract/conversation/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { Turn } from '../../../models/contract/generation.ts';
import { addConversation, addMessage } from './data.ts';
import { type FakeApplication, noOptions } from './fake-application.ts';
import { unscripted } from './unscripted.ts';

/** Handlers of branches, continued answers and options, which are part of `conversations`. */
export function threadHandlers(fake: FakeApplication, os: Implementer) {
	const { data } = fake;
	const { conversations } = os;
	const messageOf = (id: number) => {
		const message = data.messages.get(id);
		if (message !== undefined) return message;
		throw new Failure({ code: 'message-unknown', message: 'There is no such message.', next: [] });
	};
	const changed = (id: number) => ({
		conversation: fake.conversation(id),
		options: data.options.get(id) ?? noOptions,
	});
	const sentTurns = (messageId: number): Turn[] => {
		const { parentId } = messageOf(messageId);
		const texts = [...data.sources.values()].map(({ text }) => text);
		const messages = fake.branch(parentId, 100).map(({ role, content }) => ({ role, content }));
		const last = messages.at(-1);
		if (last !== undefined) last.content = [...texts, last.content].join('\n\n');
		return [{ role: 'system', content: 'Be brief.' }, ...messages];
	};
	const renderedTurns = (turns: readonly Turn[]) => ({
		text: turns.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join(''),
		tokens: 412,
		same: true,
	});
	return {
		keep: conversations.keep.handler(unscripted),
		branch: conversations.branch.handler(({ input }) => {
			const { conversationId } = messageOf(input.messageId);
			const { title } = fake.conversation(conversationId);
			const branch = addConversation(data, `${title} (2)`, Date.now());
			data.origins.set(branch.id, { conversationId, messageId: input.messageId, title });
			const messages = fake.thread(conversationId).messages;
			const end = messages.findIndex(({ id }) => id === input.messageId);
			for (const { role, status, content, generation } of messages.slice(0, end + 1)) {
				addMessage(data, branch.id, { role, status, content, generation });
			}
			fake.emit({ type: 'conversation-changed', conversationId: branch.id });
			return branch;
		}),
		continue: conversations.continue.handler(({ input }) => {
			const { conversationId, parentId, content, id } = messageOf(input.messageId);
			return fake.started(fake.begin(conversationId, parentId!, { content, continuesId: id }));
		}),
		versions: conversations.versions.handler(({ input }) => {
			const { conversationId, parentId } = messageOf(input.messageId);
			return { messages: fake.versions(conversationId, parentId) };
		}),
		setOptions: conversations.setOptions.handler(({ input: { id, ...own } }) => {
			data.options.set(id, { ...(data.options.get(id) ?? noOptions), ...own });
			fake.change(id, {});
			return changed(id);
		}),
		setPrompt: conversations.setPrompt.handler(({ input: { id, prompt } }) => {
			data.options.set(id, { ...(data.options.get(id) ?? noOptions), prompt });
			fake.change(id, {});
			return changed(id);
		}),
		setDocuments: conversations.setDocuments.handler(({ input: { id, documents } }) => {
			data.options.set(id, { ...(data.options.get(id) ?? noOptions), documents });
			fake.change(id, {});
			return changed(id);
		}),
		setMemory: conversations.setMemory.handler(({ input: { id, memory } }) => {
			data.options.set(id, { ...(data.options.get(id) ?? noOptions), memory });
			fake.change(id, {});
			return changed(id);
		}),
		setAdapters: conversations.setAdapters.handler(({ input: { id, adapters } }) => {
			const { adapters: _, ...options } = data.options.get(id) ?? noOptions;
			data.options.set(id, adapters === null ? options : { ...options, adapters });
			fake.change(id, {});
			return changed(id);
		}),
		setOverflow: conversations.setOverflow.handler(({ input: { id, overflow } }) => {
			const { overflow: _, ...options } = data.options.get(id) ?? noOptions;
			data.options.set(id, overflow === null ? options : { ...options, overflow });
			fake.change(id, {});
			return changed(id);
		}),
		sentPrompt: conversations.sentPrompt.handler(({ input: { messageId, load } }) => ({
			turns: sentTurns(messageId),
			rendered: load || data.states.get(1)?.state === 'loaded' ? renderedTurns(sentTurns(messageId)) : null,
			tokens: 412,
		})),
		replay: conversations.replay.handler(({ input: { messageId } }) => {
			const { conversationId, parentId } = messageOf(messageId);
			if (parentId === null) throw new Failure({ code: 'not-an-answer', message: 'It is no answer.', next: [] });
			return fake.started(fake.begin(conversationId, parentId, {}, undefined));
		}),
		source: conversations.source.handler(({ input: { number } }) => ({ source: data.sources.get(number) ?? null })),
		applyPreset: conversations.applyPreset.handler(({ input: { id, presetId } }) => {
			const preset = data.presets.find((one) => one.id === presetId);
			data.options.set(id, {
				...noOptions,
				presetId,
				...(preset?.prompt === undefined ? {} : { prompt: preset.prompt }),
			});
			fake.change(id, preset?.systemPrompt ? { systemPrompt: preset.systemPrompt } : {});
			return changed(id);
		}),
	};
}

export function presetHandlers(fake: FakeApplication, os: Implementer) {
	const { data } = fake;
	const assertFree = (name: string, except: number | null) => {
		if (!data.presets.some((one) => one.name === name && one.id !== except)) return;
		throw new Failure({
			code: 'preset-name-taken',
			message: `A preset named “${name}” already exists.`,
			next: ['Choose another name'],
		});
	};
	const keep = (presets: Preset[]) => {
		data.presets = presets.toSorted((a, b) => a.name.localeCompare(b.name));
		fake.emit({ type: 'presets-changed' });
	};
	return {
		list: os.presets.list.handler(() => ({ presets: data.presets })),
		create: os.presets.create.handler(({ input }) => {
			assertFree(input.name, null);
			const preset: Preset = { id: fake.nextId(), ...input, createdAt: Date.now(), updatedAt: Date.now() };
			keep([...data.presets, preset]);
			return preset;
		}),
		update: os.presets.update.handler(({ input }) => {
			assertFree(input.name, input.id);
			const preset: Preset = { ...input, createdAt: Date.now(), updatedAt: Date.now() };
			keep([...data.presets.filter(({ id }) => id !== input.id), preset]);
			return preset;
		}),
		remove: os.presets.remove.handler(({ input }) => {
			keep(data.presets.filter(({ id }) => id !== input.id));
			return { conversations: 0 };
		}),
	};
}
