import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { GenerationUpdate, Message } from '../../../../electron/contract/conversation/schema.ts';
import type { AnswerStep, CallDecision } from '../../../../electron/contract/conversation/steps.ts';
import { continueAnswer } from '../../../../electron/conversation/answer/continue-answer.ts';
import { decideCall, followAnswer, stopAnswer } from '../../../../electron/conversation/answer/follow-answer.ts';
import { createLiveAnswers } from '../../../../electron/conversation/answer/live-answers.ts';
import { recoverInterrupted } from '../../../../electron/conversation/answer/recover-interrupted.ts';
import { startTemporaryAnswer } from '../../../../electron/conversation/answer/start-temporary-answer.ts';
import { countPromptTokens } from '../../../../electron/conversation/count-tokens.ts';
import { nextPrompt, openConversation } from '../../../../electron/conversation/edit-conversation.ts';
import { keepTemporaryConversation } from '../../../../electron/conversation/keep-temporary.ts';
import { regenerate, sendMessage } from '../../../../electron/conversation/send-message.ts';
import { readSentPrompt } from '../../../../electron/conversation/sent-prompt.ts';
import { all } from '../../../../electron/database/sql.ts';
import type { GenerateRequest } from '../../../../models/contract/generation.ts';
import type { ToolFormat } from '../../../../models/contract/tools.ts';
import type { Engine } from '../../../../models/engine.ts';
import type { Script, ScriptStep } from '../../../../models/worker/engine-script.ts';
import { createScriptedEngine } from '../../../../models/worker/scripted-engine.ts';
import {
	answerOf,
	type ConversationForTest,
	collect,
	conversationForTest,
	converse,
	textShown,
} from '../../../support/conversation.ts';
import { type FakeTools, fakeTools, hangingTool } from '../../../support/fake-tools.ts';

const call = (tool: string, args: object = {}): string => JSON.stringify({ tool, arguments: args });
const say = (answer: string): string => JSON.stringify({ answer });

/** An engine that answers in turn, and what it was asked. */
function engineFor(...answers: (string | ScriptStep[])[]): { engine: Engine; requests: GenerateRequest[] } {
	const script: Script = {
		answers: answers.map((answer) => ({
			steps: typeof answer === 'string' ? [{ type: 'text', text: answer }] : answer,
		})),
	};
	const base = createScriptedEngine(script);
	const requests: GenerateRequest[] = [];
	const engine: Engine = {
		...base,
		generate(request, signal) {
			requests.push(request);
			return base.generate(request, signal);
		},
	};
	return { engine, requests };
}

function contextFor(tools: FakeTools, answers: (string | ScriptStep[])[], settings: object = {}) {
	const { engine, requests } = engineFor(...answers);
	return { context: conversationForTest({ engine, tools, settings }), requests };
}

/** Follows an answer until a step has this status. */
async function untilStep(context: ConversationForTest, generationId: number, status: AnswerStep['status']) {
	for await (const update of followAnswer(context, generationId)) {
		const rounds = update.type === 'round' ? [update.round] : update.type === 'snapshot' ? update.message.rounds : [];
		const step = rounds?.flatMap(({ steps }) => steps).find((each) => each.status === status);
		if (step !== undefined) return step;
	}
	throw new Error(`no step became ${status}`);
}

const stepsOf = (message: Message): AnswerStep[] => message.rounds?.flatMap(({ steps }) => steps) ?? [];
const outcomes = (message: Message) => stepsOf(message).map(({ name, status, result }) => [name, status, result]);

const add = { run: ({ a, b }: Record<string, unknown>) => Number(a) + Number(b) };

describe('an answer that calls tools', () => {
	test('runs a call that it repeats in a round once, and gives each the result', async () => {
		const tools = fakeTools({ add });
		const calls = [call('add', { a: 2, b: 3 }), call('add', { b: 3, a: 2 }), call('add', { a: 2, b: 4 })];
		const { context, requests } = contextFor(tools, [calls.join('\n'), say('5 and 6.')]);
		const { answer } = await converse(context, 'What is 2 + 3?');
		expect(outcomes(answer)).toEqual([
			['add', 'done', '5'],
			['add', 'done', '5'],
			['add', 'done', '6'],
		]);
		expect(tools.called.map(({ args }) => args)).toEqual([
			{ a: 2, b: 3 },
			{ a: 2, b: 4 },
		]);
		expect(requests).toHaveLength(2);
	});

	test('goes on with the result, which the template is given with the call', async () => {
		const tools = fakeTools({ add });
		const { context, requests } = contextFor(tools, [call('add', { a: 2, b: 3 }), say('It is 5.')]);
		const { answer, conversationId } = await converse(context, 'What is 2 + 3?');
		expect(answer).toMatchObject({ status: 'complete', content: 'It is 5.', failure: null });
		expect(outcomes(answer)).toEqual([['add', 'done', '5']]);
		expect(tools.called).toEqual([{ name: 'add', args: { a: 2, b: 3 } }]);
		const { callId } = stepsOf(answer)[0]!;
		expect(requests[1]?.turns.slice(1)).toEqual([
			{ role: 'assistant', content: '', toolCalls: [{ id: callId, name: 'add', arguments: '{"a":2,"b":3}' }] },
			{ role: 'tool', content: '5', toolCallId: callId, name: 'add' },
		]);
		expect(openConversation(context, conversationId).messages.at(-1)).toEqual(answer);
	});

	test('reuses what was computed for the rounds before', async () => {
		const { context } = contextFor(fakeTools({ add }), [call('add'), call('add'), say('Done.')]);
		const { answer } = await converse(context, 'one two three four five six seven eight nine ten');
		const [first, second] = answer.rounds!;
		expect(first?.cachedTokens).toBe(0);
		expect(second?.cachedTokens).toBeGreaterThanOrEqual(first!.promptTokens - 1);
		expect(answer.generation?.cachedTokens).toBeGreaterThan(second!.promptTokens);
		expect(answer.generation?.completionTokens).toBeGreaterThan(2 * first!.completionTokens);
	});

	test('makes the calls of one round together', async () => {
		let running = 0;
		let most = 0;
		const slow = {
			async run(args: object) {
				running += 1;
				most = Math.max(most, running);
				await sleep(60);
				running -= 1;
				return args;
			},
		};
		const { context } = contextFor(fakeTools({ slow }), [
			`${call('slow', { n: 1 })}\n${call('slow', { n: 2 })}\n${call('slow', { n: 3 })}`,
			say('ok'),
		]);
		const { answer } = await converse(context, 'go');
		expect(most).toBe(3);
		expect(outcomes(answer)).toEqual([1, 2, 3].map((n) => ['slow', 'done', `{"n":${n}}`]));
		expect(new Set(stepsOf(answer).map(({ callId }) => callId)).size).toBe(3);
		expect(stepsOf(answer).every(({ durationMs }) => durationMs! >= 50 && durationMs! < 5_000)).toBe(true);
	});

	test('tells the model of a tool that fails, and goes on', async () => {
		const broken = { run: () => Promise.reject(new Error('no such file')) };
		const { context, requests } = contextFor(fakeTools({ broken }), [call('broken'), say('It failed.')]);
		const { answer } = await converse(context, 'go');
		expect(outcomes(answer)).toEqual([['broken', 'failed', 'no such file']]);
		expect(requests[1]?.turns.at(-1)).toMatchObject({ role: 'tool', content: 'no such file' });
		expect(answer).toMatchObject({ status: 'complete', content: 'It failed.' });
	});

	test.for([
		['of a tool that does not exist', call('rm', { path: '/' })],
		['that is no JSON', '{"tool": "add", "arguments": {"a": 1'],
	])('is not broken by a call %s: its text is shown', async ([, text]) => {
		const tools = fakeTools({ add });
		const { context } = contextFor(tools, [text!]);
		const { answer } = await converse(context, 'go');
		expect(answer).toMatchObject({ status: 'complete', content: text, failure: null });
		expect(answer.rounds).toBeUndefined();
		expect(tools.called).toEqual([]);
	});

	test('shows a malformed call next to a good one, which runs', async () => {
		const { context } = contextFor(fakeTools({ add }), [`${call('add')}\n{"tool": "add", "arg`, say('ok')]);
		const { answer } = await converse(context, 'go');
		expect(stepsOf(answer)).toHaveLength(1);
		expect(answer.content).toContain('"arg');
		expect(answer.content).toMatch(/ok$/);
	});

	test('puts words of several rounds after each other, live and stored', async () => {
		// As models with tags write calls.
		const { engine: base } = engineFor(
			'<think>First.</think>Let me look. <tool_call>{"name": "add", "arguments": {}}</tool_call>',
			'<think>Second.</think>Found it.',
		);
		const toolFormat: ToolFormat = {
			start: '',
			end: '',
			separator: '\n',
			call: {
				...{ shape: 'json', start: '<tool_call>', end: '</tool_call>', name: 'name', arguments: 'arguments' },
				...{ id: null, constants: {}, answer: null },
			},
			reasoning: { open: '<think>', close: '</think>' },
			ignored: [],
		};
		const engine: Engine = {
			...base,
			async *generate(request, signal) {
				for await (const event of base.generate(request, signal)) {
					yield event.type === 'prompt' ? { ...event, toolFormat } : event;
				}
			},
		};
		const context = conversationForTest({ engine, tools: fakeTools({ add }) });
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		const updates = await collect(followAnswer(context, start.generationId));
		const answer = (updates.at(-1) as Extract<GenerationUpdate, { type: 'end' }>).message;
		const { content, reasoning } = answer;
		expect({ content, reasoning }).toEqual({ content: 'Let me look.\n\nFound it.', reasoning: 'First.\n\nSecond.' });
		expect(textShown(updates)).toEqual({ content, reasoning });
		expect(answer.rounds).toMatchObject([{ contentEnd: 12, reasoningEnd: 6, steps: [{ name: 'add' }] }]);
		expect(openConversation(context, start.conversationId).messages.at(-1)).toMatchObject({ content, reasoning });
	});

	test('ends when its rounds are used up, with what the model says then', async () => {
		const tools = fakeTools({ add });
		const { context, requests } = contextFor(tools, [call('add'), call('add'), call('add'), say('Enough.')], {
			toolLimits: { rounds: 2, tokens: 1_000, minutes: 5 },
		});
		const { answer } = await converse(context, 'go');
		expect(tools.called).toHaveLength(2);
		expect(stepsOf(answer).map(({ status }) => status)).toEqual(['done', 'done', 'refused']);
		expect(stepsOf(answer)[2]?.result).toContain('limit of 2 rounds');
		expect(requests.map(({ tools: use }) => use?.choice)).toEqual(['auto', 'auto', 'auto', 'none']);
		expect(answer).toMatchObject({ status: 'complete', content: 'Enough.' });
	});

	test('ends even if the model still calls after its limit', async () => {
		const tools = fakeTools({ add });
		const { context } = contextFor(tools, [call('add')], { toolLimits: { rounds: 1, tokens: 1_000, minutes: 5 } });
		const { answer } = await converse(context, 'go');
		expect(tools.called).toHaveLength(1);
		expect(stepsOf(answer).map(({ status }) => status)).toEqual(['done', 'refused', 'refused']);
		expect(answer.status).toBe('complete');
	});

	test('ends when its tokens are used up', async () => {
		const { context } = contextFor(fakeTools({ add }), [call('add'), say('ok')], {
			toolLimits: { rounds: 9, tokens: 1, minutes: 5 },
		});
		const { answer } = await converse(context, 'go');
		expect(stepsOf(answer)[0]).toMatchObject({
			status: 'refused',
			result: expect.stringContaining('limit of 1 tokens'),
		});
	});

	test('ends when the context is full, with what the model says then', async () => {
		const script = {
			contextSize: 1_024,
			answers: [
				{ when: 'context is full', steps: [{ type: 'text', text: say('Full.') }] },
				{ steps: [{ type: 'text', text: call('long') }] },
			],
		} satisfies Script;
		const tools = fakeTools({ long: { run: () => 'word '.repeat(60) } });
		const { answer } = await converse(conversationForTest({ script, tools }), 'go');
		expect(answer).toMatchObject({ status: 'complete', content: 'Full.', failure: null });
		expect(stepsOf(answer).at(-1)).toMatchObject({
			status: 'refused',
			result: expect.stringContaining('context is full'),
		});
		expect(tools.called.length).toBeGreaterThan(3);
	});

	test('has an exact prompt that begins where the model’s did, though messages with rounds were left out', async () => {
		const words = Array.from({ length: 60 }, () => 'w').join(' ');
		const steps = (text: string) => ({ steps: [{ type: 'text' as const, text }] });
		const withCalls = Array.from({ length: 4 }, () => [steps(call('add')), steps(say(words))]).flat();
		const base = createScriptedEngine({ contextSize: 1_024, answers: [...withCalls, steps(say(words))] });
		const requests: GenerateRequest[] = [];
		const generate: Engine['generate'] = (request, signal) => {
			requests.push(request);
			return base.generate(request, signal);
		};
		const context = conversationForTest({ engine: { ...base, generate }, tools: fakeTools({ add }) });
		let id: number | null = null;
		for (let index = 0; index < 10; index += 1) {
			({ conversationId: id } = await converse(context, `question${index} ${words}`, { conversationId: id }));
		}
		const { messages } = openConversation(context, id!);
		expect(messages.filter(({ rounds }) => rounds !== undefined)).toHaveLength(4);
		const { turns: asked, tools } = requests.at(-1)!;
		const { droppedTurns } = await base.countTokens({ turns: asked, texts: [], ...(tools && { tools }) });
		const { turns, tokens } = await readSentPrompt(context, { messageId: messages.at(-1)!.id, load: true });
		expect(turns.map(({ content }) => content)).toEqual(asked.slice(droppedTurns).map(({ content }) => content));
		expect(asked.slice(0, droppedTurns).some(({ role }) => role === 'tool')).toBe(true);
		expect(tokens).toBe(messages.at(-1)?.generation?.promptTokens);
		const left = messages.findIndex(({ content }) => content === turns[0]?.content);
		expect(messages.at(-1)?.ledger?.overflow?.leftOut).toBe(left);
	});

	test('shortens a result that the context has no room for, and says so', async () => {
		const big = { run: () => 'word '.repeat(100_000) };
		const { context } = contextFor(fakeTools({ big }), [call('big'), say('ok')]);
		const { answer } = await converse(context, 'go');
		expect(answer.status).toBe('complete');
		expect(stepsOf(answer)[0]?.result).toMatch(/\[\d+ characters left out: the context has no room for them\]/);
	});

	test('keeps its tools and steps when it is generated again, and in the next prompt', async () => {
		const tools = fakeTools({ add });
		const { context, requests } = contextFor(tools, [
			call('add', { a: 1, b: 1 }),
			say('2'),
			call('add'),
			say('3'),
			say('4'),
		]);
		const { messageId, conversationId } = await converse(context, 'go');
		const second = await answerOf(context, regenerate(context, { messageId }));
		expect(stepsOf(second)).toHaveLength(1);
		await converse(context, 'and now?', { conversationId });
		expect(requests.at(-1)?.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
		expect((await nextPrompt(context, conversationId)).text).toContain('<|tool|>');
	});

	test('offers only the tools that the conversation uses, and counts them before sending', async () => {
		const tools = fakeTools({ add, off: { ...add, state: 'off' }, other: { ...add, used: false } });
		const { context, requests } = contextFor(tools, [say('ok')]);
		await converse(context, 'go');
		expect(requests[0]?.tools?.tools.map(({ name }) => name)).toEqual(['add']);
		await converse(context, 'go', { tools: [3] });
		expect(requests[1]?.tools?.tools.map(({ name }) => name)).toEqual(['other']);
		const counted = await countPromptTokens(context, {
			conversationId: null,
			text: 'go',
			attachmentIds: [],
			attachments: [],
		});
		expect(counted.context).toBeUndefined();
		const stored = all<{ tools: string }>(context.database, 'SELECT tools FROM generations ORDER BY id');
		expect(stored.map((row) => JSON.parse(row.tools))).toMatchObject([
			[{ name: 'add', server: '' }],
			[{ name: 'other' }],
		]);
	});

	test('an answer format leaves no place for calls', async () => {
		const { context, requests } = contextFor(fakeTools({ add }), ['{}']);
		await converse(context, 'go', {
			options: { presetId: null, sampling: {}, contextSize: null, answerFormat: 'json' },
		});
		expect(requests[0]?.tools).toBeUndefined();
	});

	test('a temporary conversation calls the tools that it names, and stores nothing', async () => {
		const tools = fakeTools({ add });
		const { context } = contextFor(tools, ['hello', call('add', { a: 4, b: 4 }), say('8')]);
		const turns = [{ role: 'user' as const, content: 'go' }];
		expect(
			(await answerOf(context, idsOf(startTemporaryAnswer(context, { turns, tools: [] })))).rounds,
		).toBeUndefined();
		const answer = await answerOf(context, idsOf(startTemporaryAnswer(context, { turns, tools: [1] })));
		expect(outcomes(answer)).toEqual([['add', 'done', '8']]);
		expect(all(context.database, 'SELECT * FROM answer_steps')).toEqual([]);
	});
});

const idsOf = (generationId: number) => ({ conversationId: 0, userMessageId: null, messageId: 0, generationId });

describe('a call that needs permission', () => {
	const asking = { ...add, state: 'ask' } as const;

	async function decided(decision: CallDecision, answers = [call('add', { a: 1, b: 2 }), say('3')]) {
		const tools = fakeTools({ add: asking });
		const { context, requests } = contextFor(tools, answers);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		const step = await untilStep(context, start.generationId, 'asking');
		expect(step).toMatchObject({ name: 'add', arguments: '{"a":1,"b":2}', result: null });
		expect(tools.called).toEqual([]);
		expect(decideCall(context, start.generationId, 'other', decision)).toBe(false);
		expect(decideCall(context, start.generationId, step.callId, decision)).toBe(true);
		return { tools, requests, context, start, answer: await answerOf(context, start) };
	}

	test('waits, and runs once when it is allowed once', async () => {
		const { tools, answer } = await decided({ kind: 'allow', scope: 'once', pattern: { kind: 'any' } });
		expect(outcomes(answer)).toEqual([['add', 'done', '3']]);
		expect(tools.granted).toEqual([]);
		expect(tools.called).toHaveLength(1);
	});

	test('is one of two that are the same: allowed once, it runs once', async () => {
		const tools = fakeTools({ add: asking });
		const { context } = contextFor(tools, [`${call('add', { a: 1 })}\n${call('add', { a: 1 })}`, say('ok')]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		const step = await untilStep(context, start.generationId, 'asking');
		decideCall(context, start.generationId, step.callId, { kind: 'allow', scope: 'once', pattern: { kind: 'any' } });
		expect(stepsOf(await answerOf(context, start)).map(({ status }) => status)).toEqual(['done', 'done']);
		expect(tools.called).toHaveLength(1);
	});

	test('is one of two: allowing one once decides nothing about the other', async () => {
		const tools = fakeTools({ add: asking });
		const { context } = contextFor(tools, [`${call('add', { a: 1 })}\n${call('add', { a: 2 })}`, say('ok')]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		const first = await untilStep(context, start.generationId, 'asking');
		await sleep(20);
		const once = { kind: 'allow', scope: 'once', pattern: { kind: 'any' } } as const;
		expect(decideCall(context, start.generationId, first.callId, once)).toBe(true);
		await untilStep(context, start.generationId, 'done');
		expect(tools.called).toHaveLength(1);
		const second = await untilStep(context, start.generationId, 'asking');
		expect(second.callId).not.toBe(first.callId);
		expect(decideCall(context, start.generationId, second.callId, once)).toBe(true);
		expect(stepsOf(await answerOf(context, start)).map(({ status }) => status)).toEqual(['done', 'done']);
	});

	test.for(['conversation', 'always'] as const)('is granted for later ones with %s', async (scope) => {
		const { tools } = await decided({ kind: 'allow', scope, pattern: { kind: 'any' } });
		expect(tools.granted).toEqual([{ toolId: 1, pattern: { kind: 'any' }, scope }]);
	});

	test('is refused with words, which the model gets', async () => {
		const { tools, answer, requests } = await decided({ kind: 'refuse', words: 'Use mental arithmetic.' });
		expect(tools.called).toEqual([]);
		expect(stepsOf(answer)[0]).toMatchObject({ status: 'refused' });
		expect(requests[1]?.turns.at(-1)?.content).toBe('The user refused this call.\nUse mental arithmetic.');
		expect(answer).toMatchObject({ status: 'complete', content: '3' });
	});

	test('a permission for the conversation lets calls that wait go on', async () => {
		const tools = fakeTools({ add: asking });
		const { context } = contextFor(tools, [`${call('add', { a: 1 })}\n${call('add', { a: 2 })}`, say('ok')]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		const step = await untilStep(context, start.generationId, 'asking');
		await sleep(20);
		decideCall(context, start.generationId, step.callId, {
			kind: 'allow',
			scope: 'conversation',
			pattern: { kind: 'any' },
		});
		expect(stepsOf(await answerOf(context, start)).map(({ status }) => status)).toEqual(['done', 'done']);
	});

	test('can be stopped while it waits; nothing ran', async () => {
		const tools = fakeTools({ add: asking });
		const { context } = contextFor(tools, [call('add'), say('ok')]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		await untilStep(context, start.generationId, 'asking');
		expect(await stopAnswer(context, start.generationId)).toBe(true);
		const answer = await answerOf(context, start);
		expect(answer).toMatchObject({ status: 'stopped', generation: { stopReason: 'stopped' } });
		expect(outcomes(answer)).toEqual([['add', 'stopped', null]]);
		expect(tools.called).toEqual([]);
	});

	test('holds up no measurement while it waits', async () => {
		const { context } = contextFor(fakeTools({ add: asking }), [call('add'), say('ok')]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		expect(context.answers.isWriting()).toBe(true);
		const step = await untilStep(context, start.generationId, 'asking');
		await expect.poll(() => context.answers.isWriting()).toBe(false);
		expect(context.published.map(({ type }) => type)).toContain('temporary-ended');
		decideCall(context, start.generationId, step.callId, { kind: 'refuse', words: '' });
		await expect.poll(() => context.published.some(({ type }) => type === 'temporary-started')).toBe(true);
		expect(await answerOf(context, start)).toMatchObject({ status: 'complete', content: 'ok' });
	});

	test('time in which a person is asked does not count', async () => {
		const { answer } = await decided({ kind: 'allow', scope: 'once', pattern: { kind: 'any' } });
		expect(stepsOf(answer)[0]?.durationMs).toBeLessThan(1_000);
	});
});

describe('stopping and resuming', () => {
	test.for([false, true])('a tool that hangs is stopped (does not listen: %s)', async (stubborn) => {
		const { context } = contextFor(fakeTools({ hang: hangingTool(stubborn) }), [call('hang'), say('ok')]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		await untilStep(context, start.generationId, 'running');
		const began = performance.now();
		await stopAnswer(context, start.generationId);
		expect(performance.now() - began).toBeLessThan(3_000);
		expect(outcomes(await answerOf(context, start))).toEqual([['hang', 'stopped', null]]);
	});

	test('after a kill finished steps stay, and the rest is asked about and done', async () => {
		const tools = fakeTools({ add, hang: hangingTool() });
		const { context } = contextFor(tools, [`${call('add', { a: 1, b: 1 })}\n${call('hang')}`, say('later')]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		await untilStep(context, start.generationId, 'running');
		await sleep(50);
		// What another process finds in the database.
		const calm = fakeTools({ add, hang: { run: () => 'calm' } });
		const { engine, requests } = engineFor(say('All done.'));
		const models = conversationForTest({ engine }).models;
		const next = {
			...context,
			answers: createLiveAnswers(),
			tools: calm,
			models: { ...models, file: context.models.file },
		};
		expect(recoverInterrupted(context.database, 9)).toEqual([start.messageId]);
		const interrupted = openConversation(next, start.conversationId).messages.at(-1)!;
		expect(interrupted.status).toBe('interrupted');
		expect(outcomes(interrupted)).toEqual([
			['add', 'done', '2'],
			['hang', 'interrupted', null],
		]);
		const stopped = continueAnswer(next, start.messageId);
		await untilStep(next, stopped.generationId, 'asking');
		expect(await stopAnswer(next, stopped.generationId)).toBe(true);
		await answerOf(next, stopped);
		const resumed = continueAnswer(next, stopped.messageId);
		// It may have taken effect: it is not made again without a person's word, however often that is tried.
		const step = await untilStep(next, resumed.generationId, 'asking');
		expect(step.name).toBe('hang');
		decideCall(next, resumed.generationId, step.callId, { kind: 'allow', scope: 'once', pattern: { kind: 'any' } });
		const answer = await answerOf(next, resumed);
		expect(answer).toMatchObject({ status: 'complete', content: 'All done.', continuesId: stopped.messageId });
		expect(outcomes(answer)).toEqual([
			['add', 'done', '2'],
			['hang', 'done', 'calm'],
		]);
		expect(calm.called).toEqual([{ name: 'hang', args: {} }]);
		expect(requests[0]?.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
		await context.models.close();
	});

	test('a call that came with a kept conversation is asked about, though its tool is allowed', async () => {
		const tools = fakeTools({ add });
		const { context } = contextFor(tools, [say('ok'), say('later')]);
		const facts = { status: 'complete', reasoning: null, reasoningMs: null, createdAt: 5, completedAt: 5 } as const;
		const rest = { ...facts, failure: null, generation: null, attachments: [] };
		const step = { callId: 'c', server: '', name: 'add', arguments: '{}', result: null, durationMs: null };
		const steps = (['waiting', 'asking', 'running', 'stopped', 'interrupted'] as const).map((status) => ({
			...{ ...step, callId: status },
			...{ status, startedAt: null },
		}));
		const round = { contentEnd: 0, reasoningEnd: 0, promptTokens: 1, cachedTokens: 0, completionTokens: 1, steps };
		const kept = keepTemporaryConversation(context, {
			messages: [
				{ ...rest, id: -1, parentId: null, role: 'user', content: 'go' },
				{ ...rest, id: -2, parentId: -1, role: 'assistant', content: '', rounds: [round] },
			],
			headId: -2,
		});
		const { messages } = openConversation(context, kept.id);
		expect(stepsOf(messages[1]!).map(({ status, startedAt }) => [status, startedAt])).toEqual(
			['interrupted', 'interrupted', 'interrupted', 'stopped', 'interrupted'].map((status) => [status, 5]),
		);
		const resumed = continueAnswer(context, messages[1]!.id);
		await untilStep(context, resumed.generationId, 'asking');
		await sleep(20);
		expect(tools.called).toEqual([]);
		await stopAnswer(context, resumed.generationId);
	});

	test('calls that nothing could make have ended when the answer has', async () => {
		const tools = fakeTools({ add: { ...add, state: 'ask' } });
		const { context } = contextFor(tools, [call('add'), say('ok')]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		await untilStep(context, start.generationId, 'asking');
		await stopAnswer(context, start.generationId);
		const { tools: _, ...without } = context;
		const answer = await answerOf(without, continueAnswer(without, start.messageId));
		expect(outcomes(answer)).toEqual([['add', 'stopped', null]]);
	});

	test('words after the last round are continued', async () => {
		const { context, requests } = contextFor(fakeTools({ add }), [
			call('add', { a: 1, b: 1 }),
			[{ type: 'text', text: '{"answer": "It is' }, { type: 'stall' }],
			'It is two.',
		]);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		for await (const update of followAnswer(context, start.generationId)) {
			if (update.type === 'tokens' && update.text.includes('is')) break;
		}
		await stopAnswer(context, start.generationId);
		const answer = await answerOf(context, continueAnswer(context, start.messageId));
		expect(answer).toMatchObject({ status: 'complete', content: 'It is two.' });
		expect(outcomes(answer)).toEqual([['add', 'done', '2']]);
		expect(requests[2]).toMatchObject({ prefill: { text: 'It is', tokens: null }, tools: { choice: 'none' } });
	});
});
