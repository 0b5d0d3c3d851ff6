import type { SendInput } from '../../../contract/conversation.ts';
import type { Client } from '../../ownership/attach.ts';
import { chooseModel } from '../model/choose-model.ts';
import { choosePreset } from '../preset/choose-preset.ts';

/** What commander reads for `assay chat`. */
export interface ChatOptions {
	model?: string;
	preset?: string;
	system?: string;
	temperature?: number;
	seed?: number;
	maxTokens?: number;
	context?: number;
	threads?: number;
	attach?: string[];
	/** --no-save */
	save: boolean;
}

/** How to answer: everything of a request but its text. What wasn't asked for is left to the settings. */
export type AnswerOptions = Omit<SendInput, 'conversationId' | 'parentId' | 'text' | 'attachmentIds' | 'attachments'>;

export async function answerOptions(client: Client, options: ChatOptions): Promise<AnswerOptions> {
	const { model, preset, system, temperature, seed, maxTokens, context, threads } = options;
	return {
		...(model === undefined ? {} : { modelFileId: (await chooseModel(client, model)).id }),
		...(preset === undefined ? {} : { options: await presetOptions(client, preset) }),
		...(system === undefined ? {} : { systemPrompt: system }),
		sampling: {
			...(temperature === undefined ? {} : { temperature }),
			...(seed === undefined ? {} : { seed }),
			...(maxTokens === undefined ? {} : { maxTokens }),
		},
		...(context === undefined ? {} : { contextSize: context }),
		...(threads === undefined ? {} : { threads }),
	};
}

async function presetOptions(client: Client, preset: string): Promise<NonNullable<SendInput['options']>> {
	return { presetId: (await choosePreset(client, preset)).id, sampling: {}, contextSize: null };
}
