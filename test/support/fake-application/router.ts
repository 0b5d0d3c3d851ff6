import { implementContract } from '../../../electron/api/implementer.ts';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import type { ApplicationEvent } from '../../../electron/contract/event.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { buildJob } from '../fixtures/job.ts';
import { activityHandlers } from './activity/handlers.ts';
import { adapterHandlers } from './adapter-handlers.ts';
import { comparisonHandlers } from './comparison-handlers.ts';
import { attach, attachmentHandlers, measureHandler } from './composer-handlers.ts';
import { dataHandlers } from './data-handlers.ts';
import { datasetHandlers } from './dataset/handlers.ts';
import { documentHandlers } from './document-handlers.ts';
import { evaluationHandlers } from './evaluation-handlers.ts';
import { exchangeHandlers } from './exchange-handlers.ts';
import type { FakeApplication } from './fake-application.ts';
import { feedbackHandlers } from './feedback-handlers.ts';
import { hubHandlers } from './hub-handlers.ts';
import { judgeHandlers } from './judge-handlers.ts';
import { memoryHandlers } from './memory-handlers.ts';
import { modelHandlers } from './model-handlers.ts';
import { organiseHandlers } from './organise-handlers.ts';
import { promptHandlers } from './prompt/handlers.ts';
import { quantizedSizes } from './quantized-sizes.ts';
import { searchHandlers } from './search-handlers.ts';
import { serverHandlers } from './server-handlers.ts';
import { summaryHandlers } from './summary-handlers.ts';
import { sweepHandlers } from './sweep/handlers.ts';
import { presetHandlers, threadHandlers } from './thread-handlers.ts';
import { toolHandlers } from './tool-handlers.ts';
import { trainingHandlers } from './training/handlers.ts';
import { updateHandlers } from './update-handlers.ts';
import { writingHandlers } from './writing-handlers.ts';

/** Implements every call of the contract on a fake application; logs a defect with the name of its call. */
export function fakeRouter(fake: FakeApplication, log: (line: string) => void = console.error) {
	const os = implementContract(log);
	const { data } = fake;
	const newest = () => [...data.conversations.values()].toSorted((a, b) => b.updatedAt - a.updatedAt || b.id - a.id);
	return os.router({
		system: {
			hello: os.system.hello.handler(({ input }) => ({
				contractVersion: input.contractVersion,
				assayVersion: '0.1.0',
				host: 'browser' as const,
				capabilities: ['server-paths'],
				dataFolder: '/home/ada/.local/share/assay',
			})),
			status: os.system.status.handler(() => data.status),
			doctor: os.system.doctor.handler(() => ({
				assay: { version: '0.1.0', node: 'v24.21.0', contractVersion: 1 },
				engine: { build: data.status.engineBuild, available: true },
				platform: 'linux x64',
				cpu: { model: 'AMD EPYC', cores: 2 },
				memory: { total: 16_000_000_000, available: 6_900_000_000 },
				gpus: [],
				database: { path: '/home/ada/.local/share/assay/assay.db', version: 3, integrity: 'ok' },
				models: data.models.length,
				checks: [
					{ name: 'Database', ok: true, detail: 'Opens and is whole.', next: null },
					{ name: 'Engine', ok: true, detail: 'Starts and answers.', next: null },
				],
			})),
			events: os.system.events.handler(({ signal }) => events(fake, signal)),
		},
		activity: activityHandlers(fake, os),
		...dataHandlers(fake, os),
		updates: updateHandlers(fake, os),
		models: modelHandlers(fake, os),
		making: {
			make: os.making.make.handler(() =>
				buildJob({
					kind: 'quantise',
					title: 'SmolLM2 135M Instruct: Q4_K_M',
					unit: 'tensors',
					id: 'make',
					done: 118,
					total: 272,
					rate: 40,
					secondsLeft: 4,
				}),
			),
			sizes: os.making.sizes.handler(() => ({ sizes: [...quantizedSizes] })),
			madeOf: os.making.madeOf.handler(() => ({ made: null })),
		},
		adapters: adapterHandlers(fake, os),
		sweeps: sweepHandlers(fake, os),
		...hubHandlers(fake, os),
		attachments: attachmentHandlers(fake, os),
		...exchangeHandlers(fake, os),
		conversations: {
			list: os.conversations.list.handler(async ({ input }) => {
				await data.conversationsRead;
				const all = newest().filter((one) => one.deletedAt === null && isIn(one, input));
				const { before } = input;
				const older = before
					? all.filter(
							(one) => one.updatedAt < before.updatedAt || (one.updatedAt === before.updatedAt && one.id < before.id),
						)
					: all;
				return { conversations: older.slice(0, input.limit) };
			}),
			get: os.conversations.get.handler(({ input }) => fake.thread(input.id, input.limit)),
			earlier: os.conversations.earlier.handler(({ input }) => ({
				messages: fake.branch(data.messages.get(input.before)?.parentId ?? null, input.limit),
			})),
			rename: os.conversations.rename.handler(({ input }) =>
				fake.change(input.id, { title: input.title, titleSource: 'user' }),
			),
			setSystemPrompt: os.conversations.setSystemPrompt.handler(({ input }) =>
				fake.change(input.id, { systemPrompt: input.systemPrompt }),
			),
			setModel: os.conversations.setModel.handler(({ input }) =>
				fake.change(input.id, { modelFileId: input.modelFileId }),
			),
			remove: os.conversations.remove.handler(({ input }) => fake.change(input.id, { deletedAt: Date.now() })),
			restore: os.conversations.restore.handler(({ input }) => fake.change(input.id, { deletedAt: null })),
			selectBranch: os.conversations.selectBranch.handler(({ input }) =>
				fake.select(input.id, input.messageId, input.limit),
			),
			...threadHandlers(fake, os),
			measure: measureHandler(fake, os),
			send: os.conversations.send.handler(async ({ input }) => {
				await data.accepting;
				const models = [...(input.modelFileId ? [input.modelFileId] : []), ...(input.alsoModelFileIds ?? [])];
				const first = input.modelFileId ?? data.models[0]?.id;
				const start = fake.send(
					input.conversationId,
					input.text,
					input.parentId,
					models.length > 0 && first !== undefined ? [...new Set([first, ...models])] : [],
				);
				attach(fake, start.userMessageId, input.attachmentIds);
				return fake.started(start);
			}),
			regenerate: os.conversations.regenerate.handler(({ input }) => {
				const message = data.messages.get(input.messageId);
				if (!message?.parentId)
					throw new Failure({ code: 'message-unknown', message: 'There is no such message.', next: [] });
				return fake.started(fake.begin(message.conversationId, message.parentId, {}, input.modelFileId));
			}),
			prompt: os.conversations.prompt.handler(() => ({ tokens: [], text: '', droppedTurns: 0 })),
		},
		generations: {
			startTemporary: os.generations.startTemporary.handler(() => ({ id: fake.beginTemporary() })),
			subscribe: os.generations.subscribe.handler(({ input, signal }) => fake.generation(input.id).updates(signal)),
			decide: os.generations.decide.handler(({ input: { id, callId, decision } }) => ({
				decided: fake.generation(id).decide(callId, decision),
			})),
			stop: os.generations.stop.handler(({ input }) => {
				fake.generation(input.id).abort.abort();
				return { stopped: true };
			}),
		},
		writing: writingHandlers(fake, os),
		...documentHandlers(fake, os),
		comparisons: comparisonHandlers(fake, os),
		datasets: datasetHandlers(fake, os),
		prompts: promptHandlers(fake, os),
		evaluations: evaluationHandlers(fake, os),
		training: trainingHandlers(fake, os),
		judges: judgeHandlers(os),
		...organiseHandlers(fake, os),
		feedback: feedbackHandlers(fake, os),
		search: searchHandlers(fake, os),
		presets: presetHandlers(fake, os),
		summaries: summaryHandlers(fake, os),
		server: serverHandlers(fake, os),
		tools: toolHandlers(fake, os),
		memory: memoryHandlers(fake, os),
		settings: {
			get: os.settings.get.handler(() => data.settings),
			set: os.settings.set.handler(({ input }) => {
				const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
				data.settings = { ...data.settings, ...given };
				fake.emit({ type: 'settings-changed' });
				return data.settings;
			}),
		},
	});
}

/** True if the list shows a conversation in this place. */
function isIn(
	{ pinnedAt, archivedAt, folderId, tagIds }: Conversation,
	where: { place: string; folderId?: number | undefined; tagId?: number | undefined },
): boolean {
	if (where.tagId !== undefined) return tagIds.includes(where.tagId);
	if (where.place === 'archived') return archivedAt !== null;
	if (archivedAt !== null) return false;
	if (where.folderId !== undefined) return folderId === where.folderId;
	if (where.place === 'pinned') return pinnedAt !== null;
	return where.place === 'all' || (pinnedAt === null && folderId === null);
}

async function* events(fake: FakeApplication, signal: AbortSignal | undefined): AsyncGenerator<ApplicationEvent> {
	const waiting: ApplicationEvent[] = [];
	let wake = () => {};
	const stop = fake.onEvent((event) => {
		waiting.push(event);
		wake();
	});
	signal?.addEventListener('abort', () => wake());
	try {
		while (!signal?.aborted) {
			const event = waiting.shift();
			if (event !== undefined) yield event;
			else {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
		}
	} finally {
		stop();
	}
}
