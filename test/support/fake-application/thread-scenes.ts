import type { Page } from 'playwright-core';
import { techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import type { PromptVersionId } from '../../../electron/contract/prompt/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { buildPreset } from '../fixtures/conversation.ts';
import { buildModelFile } from '../fixtures/model.ts';
import { addConversation, addMessage, generationFacts } from './data.ts';
import { type FakeApplication, noOptions } from './fake-application.ts';
import { forever, type Scene, withHistory, withModel } from './scene.ts';
import { lightMinutes, question } from './scene-texts.ts';

const settled = (page: Page) => page.waitForTimeout(350);

const careful = buildPreset(1, {
	name: 'Careful',
	systemPrompt: 'Answer in plain words. Say so when you are not sure.',
	sampling: { temperature: 0.3, maxTokens: 1024 },
});
const drill = buildPreset(2, {
	name: 'German drill',
	systemPrompt: 'Ask me one German word at a time.',
	sampling: { temperature: 0.9, seed: 7 },
	contextSize: 2048,
});

function withPresets(fake: FakeApplication): string {
	const { conversationId } = withHistory(fake);
	fake.data.presets = [careful, drill];
	fake.data.settings = { ...fake.data.settings, inspectorOpen: true, defaultPresetId: 1 };
	fake.data.options.set(conversationId, { presetId: 1, sampling: { temperature: 0.4, seed: 7 }, contextSize: null });
	fake.change(conversationId, { systemPrompt: careful.systemPrompt });
	return `/chat/${conversationId}`;
}

const sorted = buildPreset(3, {
	name: 'Ticket triage v5',
	systemPrompt: 'You sort support tickets. Answer with JSON only.',
	sampling: { temperature: 0, maxTokens: 256 },
	prompt: {
		name: 'Ticket triage',
		number: 5,
		versionId: 105 as PromptVersionId,
		template: 'Topics: billing, shipping, account, product, other.\n\nTicket: {{input}}\nTopic:',
		example: '',
		technique: techniqueSchema.parse({ kind: 'few-shot', shots: 2 }),
		examples: [
			['Where is my parcel? It should have come on Monday.', 'shipping'],
			['I was charged twice for one order.', 'billing'],
		].map(([input = '', target = '']) => ({ input, target, choices: null, variables: {}, metadata: {} })),
	},
});

/** A preset that applies a measured prompt to each message of the conversation. */
function withMeasuredPrompt(fake: FakeApplication): string {
	const { conversationId } = withHistory(fake);
	fake.data.presets = [careful, sorted];
	fake.data.settings = { ...fake.data.settings, defaultPresetId: 3 };
	const { prompt } = sorted;
	fake.data.options.set(conversationId, { ...noOptions, presetId: 3, ...(prompt === undefined ? {} : { prompt }) });
	fake.change(conversationId, { systemPrompt: sorted.systemPrompt });
	return `/chat/${conversationId}`;
}

function withTwoMoreModels(fake: FakeApplication): void {
	fake.data.models.push(
		buildModelFile(2, { name: 'Qwen2.5 1.5B Instruct', quantization: 'Q4_K_M', default: false }),
		buildModelFile(3, { name: 'Llama 3.2 3B Instruct', quantization: 'Q4_K_M', default: false }),
	);
}

async function openInspector(page: Page): Promise<void> {
	if (page.viewportSize()!.width < 1100) {
		await page.getByRole('button', { name: 'Show settings pane' }).click();
		await settled(page);
	}
}

/** One message with three models: one answer done, one being written, one waiting. */
function asksThree(fake: FakeApplication): string {
	withHistory(fake);
	withTwoMoreModels(fake);
	const { id } = addConversation(fake.data, 'Light minutes, three times', Date.now() + 1_000);
	const asked = addMessage(fake.data, id, { content: question });
	const first = addMessage(fake.data, id, {
		role: 'assistant',
		parentId: asked.id,
		content: lightMinutes,
		generation: generationFacts(),
	});
	fake.script = async (answer) => {
		answer.write(
			'Divide each distance by 18 million km. Mercury is **3.2** light minutes away, Venus 6.0, Earth 8.3',
			38,
		);
		await forever(answer.signal);
	};
	fake.begin(id, asked.id, {}, 2);
	fake.script = async (answer) => {
		answer.loading('queued', null);
		await forever(answer.signal);
	};
	fake.begin(id, asked.id, {}, 3);
	fake.data.heads.set(id, first.id);
	return `/chat/${id}`;
}

export const threadScenes: Record<string, Scene> = {
	'applied-prompt': {
		prepare: withMeasuredPrompt,
		async act(page) {
			await page.getByRole('button', { name: /^Applied to each message/ }).waitFor();
			await settled(page);
		},
	},
	'applied-prompt-open': {
		prepare: withMeasuredPrompt,
		async act(page) {
			await page.getByRole('button', { name: /^Applied to each message/ }).click();
			await page.getByRole('dialog').waitFor();
			await settled(page);
		},
	},
	'preset-inspector': { prepare: withPresets, act: openInspector },
	'preset-menu': {
		prepare: withPresets,
		async act(page) {
			await openInspector(page);
			await page.getByRole('button', { name: /^Preset:/ }).click();
			await settled(page);
		},
	},
	'preset-dialog': {
		prepare: withPresets,
		async act(page) {
			await openInspector(page);
			await page.getByRole('button', { name: /^Preset:/ }).click();
			await page.getByRole('menuitem', { name: 'Save as new preset' }).click();
			await page.getByRole('button', { name: 'Save preset' }).click();
			await settled(page);
		},
	},
	'preset-list': {
		prepare(fake) {
			withPresets(fake);
			return '/settings/answers';
		},
	},
	'preset-delete': {
		prepare(fake) {
			withPresets(fake);
			return '/settings/answers';
		},
		async act(page) {
			await page.getByRole('button', { name: 'Actions for the preset Careful' }).click();
			await page.getByRole('menuitem', { name: 'Delete' }).click();
			await settled(page);
		},
	},
	'side-by-side': { prepare: asksThree },
	'also-menu': {
		prepare(fake) {
			const { conversationId } = withHistory(fake);
			withTwoMoreModels(fake);
			return `/chat/${conversationId}`;
		},
		async act(page) {
			await page.getByRole('button', { name: 'Ask several models' }).click();
			await page.getByRole('menuitemcheckbox', { name: /Qwen2.5/ }).click();
			await settled(page);
		},
	},
	'answer-menu': {
		prepare(fake) {
			const { conversationId } = withHistory(fake);
			withTwoMoreModels(fake);
			return `/chat/${conversationId}`;
		},
		async act(page) {
			await page.getByRole('button', { name: 'More answer actions' }).last().click();
			await settled(page);
		},
	},
	'answer-cut': {
		prepare(fake) {
			const { conversationId } = withHistory(fake);
			addMessage(fake.data, conversationId, { content: 'And Jupiter?' });
			addMessage(fake.data, conversationId, {
				role: 'assistant',
				content: 'Jupiter is 778.5 million km from the Sun, so its light takes about',
				generation: generationFacts({ stopReason: 'max-tokens', completionTokens: 16 }),
			});
			return `/chat/${conversationId}`;
		},
	},
	branched: {
		prepare(fake) {
			const { conversationId, questionId } = withHistory(fake);
			const { id } = addConversation(fake.data, 'Light minutes to the inner planets (2)', Date.now() + 1_000);
			addMessage(fake.data, id, { content: question });
			fake.data.origins.set(id, { conversationId, messageId: questionId, title: 'Light minutes to the inner planets' });
			return `/chat/${id}`;
		},
	},
	'temporary-new': {
		prepare(fake) {
			withHistory(fake);
			return '/chat/temporary';
		},
	},
	temporary: {
		prepare(fake) {
			withHistory(fake);
			fake.script = async (answer) => answer.write('Between you and me: 42.', 7);
			return '/chat/temporary';
		},
		async act(page) {
			await page.getByRole('textbox', { name: 'Message' }).fill('Tell me something that nobody keeps.');
			await page.keyboard.press('Enter');
			await page.getByText('Between you and me').waitFor();
			await settled(page);
		},
	},
	'chat-failed-with-text': {
		prepare(fake) {
			withModel(fake);
			withTwoMoreModels(fake);
			fake.data.options.clear();
			const { id } = addConversation(fake.data, 'A crash', Date.now());
			fake.data.options.set(id, noOptions);
			const asked = addMessage(fake.data, id, { content: question });
			fake.script = async (answer) => {
				answer.write('Light covers about 18 million km each minute, so', 11);
				throw new Failure({
					code: 'worker-crashed',
					message: 'The engine stopped while it wrote this answer (signal SIGABRT) after 11 tokens.',
					next: ['Try again: the model is loaded afresh'],
					detail: 'GGML_ASSERT(n_head_kv > 0) failed\nexit signal SIGABRT',
				});
			};
			fake.begin(id, asked.id);
			return `/chat/${id}`;
		},
	},
};
