import { readFileSync } from 'node:fs';
import type { Gpu, GpuLayers } from '../../../../models/contract/gpu.ts';
import type { SendInput } from '../../../contract/conversation.ts';
import { gpuOptions } from '../../../library/own/gpu-options.ts';
import type { Client } from '../../ownership/attach.ts';
import { chooseModel } from '../model/choose-model.ts';
import { choosePreset } from '../preset/choose-preset.ts';
import { UsageError } from '../usage-error.ts';

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
	gpu?: Gpu;
	gpuLayers?: GpuLayers;
	attach?: readonly string[];
	/** --json-answer [schema file]; true without a file. */
	jsonAnswer?: string | true;
	/** --no-save */
	save: boolean;
}

/** How to answer: everything of a request but its text. What wasn't asked for is left to the settings. */
export type AnswerOptions = Omit<SendInput, 'conversationId' | 'parentId' | 'text' | 'attachmentIds' | 'attachments'>;

export async function answerOptions(client: Client, options: ChatOptions): Promise<AnswerOptions> {
	const { model, preset, system, temperature, seed, maxTokens, context, threads, jsonAnswer } = options;
	const answerFormat = jsonAnswer === undefined ? undefined : jsonAnswer === true ? 'json' : readSchema(jsonAnswer);
	return {
		...(model === undefined ? {} : { modelFileId: (await chooseModel(client, model)).id }),
		...(preset === undefined && answerFormat === undefined
			? {}
			: { options: await chosenOptions(client, preset, answerFormat) }),
		...(system === undefined ? {} : { systemPrompt: system }),
		sampling: {
			...(temperature === undefined ? {} : { temperature }),
			...(seed === undefined ? {} : { seed }),
			...(maxTokens === undefined ? {} : { maxTokens }),
		},
		...(context === undefined ? {} : { contextSize: context }),
		...(threads === undefined ? {} : { threads }),
		...gpuOptions(options),
	};
}

async function chosenOptions(
	client: Client,
	preset: string | undefined,
	answerFormat: string | undefined,
): Promise<NonNullable<SendInput['options']>> {
	const presetId =
		preset === undefined ? (await client.settings.get()).defaultPresetId : (await choosePreset(client, preset)).id;
	return { presetId, sampling: {}, contextSize: null, ...(answerFormat === undefined ? {} : { answerFormat }) };
}

function readSchema(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		throw new UsageError(`the schema ${path} can't be read: ${error instanceof Error ? error.message : String(error)}`);
	}
}
