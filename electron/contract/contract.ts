import { activityCalls, diagnosticCalls, storageCalls } from './activity/calls.ts';
import { trainingCalls } from './adaptation/calls.ts';
import { adapterCalls } from './adapters/calls.ts';
import { comparisonCalls, sweepCalls } from './comparison/calls.ts';
import {
	attachmentCalls,
	conversationCalls,
	draftCalls,
	folderCalls,
	generationCalls,
	organiseCalls,
	presetCalls,
	summaryCalls,
	tagCalls,
	trashCalls,
} from './conversation/calls.ts';
import { backupCalls } from './database/calls.ts';
import { datasetCalls } from './dataset/calls.ts';
import { collectionCalls, documentCalls, embeddingModelCalls } from './documents/calls.ts';
import { evaluationCalls, judgeCalls } from './evaluation/calls.ts';
import { feedbackCalls } from './feedback/calls.ts';
import { importExportCalls } from './import-export/calls.ts';
import { jobCalls } from './jobs/calls.ts';
import { downloadCalls, hubCalls, modelCalls, quantizeCalls } from './library/calls.ts';
import { memoryCalls } from './memory/calls.ts';
import { promptCalls } from './prompt/calls.ts';
import { searchCalls } from './search/calls.ts';
import { serverCalls } from './server/calls.ts';
import { settingsCalls } from './settings/calls.ts';
import { systemCalls } from './system/calls.ts';
import { toolCalls } from './tools/calls.ts';
import { updateCalls } from './updates/calls.ts';
import { writingCalls } from './writing/calls.ts';

/** Every call of the application. Clients use the names here and in the calls as paths. */
export const contract = {
	system: systemCalls,
	activity: activityCalls,
	backups: backupCalls,
	storage: storageCalls,
	diagnostics: diagnosticCalls,
	comparisons: comparisonCalls,
	datasets: datasetCalls,
	evaluations: evaluationCalls,
	collections: collectionCalls,
	documents: documentCalls,
	embeddingModels: embeddingModelCalls,
	prompts: promptCalls,
	judges: judgeCalls,
	models: modelCalls,
	hub: hubCalls,
	downloads: downloadCalls,
	adapters: adapterCalls,
	making: quantizeCalls,
	sweeps: sweepCalls,
	conversations: conversationCalls,
	organise: organiseCalls,
	folders: folderCalls,
	tags: tagCalls,
	trash: trashCalls,
	drafts: draftCalls,
	summaries: summaryCalls,
	search: searchCalls,
	generations: generationCalls,
	attachments: attachmentCalls,
	feedback: feedbackCalls,
	memory: memoryCalls,
	exchange: importExportCalls,
	jobs: jobCalls,
	presets: presetCalls,
	server: serverCalls,
	settings: settingsCalls,
	tools: toolCalls,
	training: trainingCalls,
	updates: updateCalls,
	writing: writingCalls,
};

export type Contract = typeof contract;
