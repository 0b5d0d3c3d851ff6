import type { AnswerStep } from '../../../electron/contract/conversation/steps.ts';
import { addMessage, generationFacts } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { answering, asking, forever, type Scene } from './scene.ts';

const calculate: AnswerStep = {
	callId: 'call_1',
	server: '',
	name: 'calculator',
	arguments: '{"expression":"227.9e6 / 299792.458 / 60"}',
	status: 'done',
	result: '12.669920741…',
	startedAt: 1_000,
	durationMs: 4.2,
};
const lookUp: AnswerStep = {
	callId: 'call_2',
	server: 'astronomy',
	name: 'planet_distance',
	arguments: '{"from":"sun","to":"mars","unit":"million km","date":"2026-11-28"}',
	status: 'failed',
	result: 'The ephemeris server did not answer within 20 seconds.',
	startedAt: 1_000,
	durationMs: 20_004,
};
const send: AnswerStep = {
	callId: 'call_3',
	server: 'mail',
	name: 'send_message',
	arguments: JSON.stringify({
		to: ['astronomy@example.org'],
		subject: 'Correction of table 3',
		body: 'Dear colleagues,\n\nthe light time to Mars in table 3 should read 12.7 minutes, not 14.2.\n\n<b>Thank you</b>',
		attachments: [],
	}),
	status: 'waiting',
	result: null,
	startedAt: null,
	durationMs: null,
};

const numbers = { reasoningEnd: 0, promptTokens: 812, cachedTokens: 780, completionTokens: 46 };
const opening = 'Let me check the number with the distance that the table uses.';
const closing = 'The code is right: 227.9 million km take **12.7 minutes**. I could not look the distance up again.';

function called(fake: FakeApplication): string {
	const conversationId = asking(fake);
	addMessage(fake.data, conversationId, {
		role: 'assistant',
		content: `${opening}\n\n${closing}`,
		rounds: [{ ...numbers, contentEnd: opening.length, steps: [calculate, lookUp] }],
		generation: generationFacts(),
	});
	withTools(fake);
	return `/chat/${conversationId}`;
}

function withTools(fake: FakeApplication): void {
	const tool = (id: number, name: string, tokens: number, serverId: number | null, isOn = true) => ({
		...{ id, serverId, name, offeredName: name, tokens, isOn, changed: null, isMissing: false },
		description: `What ${name} does`,
		inputSchema: { type: 'object' },
	});
	fake.data.tools.servers = [
		{
			...{ id: 1, name: 'astronomy', launchHash: 'h', state: 'connected', isOn: true, failure: null },
			...{ protocol: '2025-06-18', stderr: '' },
			launch: { kind: 'url', url: 'http://127.0.0.1:8123/mcp', headers: [] },
		},
	];
	fake.data.tools.tools = [
		tool(1, 'calculator', 96, null),
		tool(2, 'read_file', 142, null, false),
		tool(3, 'planet_distance', 211, 1),
		{
			...tool(4, 'moon_phase_at_a_place_and_time_of_the_year', 187, 1),
			changed: { description: 'Something else', inputSchema: {}, hash: 'new' },
		},
	];
}

export const stepScenes: Record<string, Scene> = {
	steps: { prepare: called },
	'steps-open': {
		prepare: called,
		async act(page) {
			await page.getByRole('button', { name: /planet_distance/ }).click();
		},
	},
	'steps-running': {
		prepare: (fake) =>
			answering(fake, async (answer) => {
				answer.write(opening, 14);
				answer.round([
					{ ...calculate, status: 'running', result: null, durationMs: null },
					{ ...lookUp, status: 'waiting', result: null, durationMs: null },
				]);
				await forever(answer.signal);
			}),
	},
	'step-permission': {
		prepare: (fake) =>
			answering(fake, async (answer) => {
				answer.write('I found the error. I can tell the authors of the table.', 12);
				await answer.ask(answer.round([send]), 0);
			}),
		async act(page) {
			await page.getByRole('button', { name: 'Allow once' }).waitFor();
		},
	},
	'tool-picker': {
		prepare: called,
		async act(page) {
			await page.getByRole('button', { name: /^Tools:/ }).click();
			await page.getByRole('dialog').waitFor();
		},
	},
	'tool-picker-empty': {
		prepare: (fake) => `/chat/${asking(fake)}`,
		async act(page) {
			await page.getByRole('button', { name: /^Tools:/ }).click();
			await page.getByRole('dialog').waitFor();
		},
	},
};
