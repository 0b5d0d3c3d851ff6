import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { renderedPromptSchema } from '../../models/contract/generation.ts';
import { activityCalls, diagnosticCalls, storageCalls } from './activity/calls.ts';
import { byId, call } from './call.ts';
import {
	comparisonCalls,
	comparisonEstimateCalls,
	comparisonExtensionCalls,
	comparisonImportExportCalls,
	comparisonManifestCalls,
	sweepCalls,
} from './comparison/calls.ts';
import {
	attachmentCalls,
	branchCalls,
	countTokensCalls,
	draftCalls,
	folderCalls,
	optionCalls,
	organiseCalls,
	presetCalls,
	tagCalls,
	trashCalls,
} from './conversation/calls.ts';
import {
	conversationSchema,
	generationStartSchema,
	generationUpdateSchema,
	listInputSchema,
	sendInputSchema,
	temporaryInputSchema,
	threadSchema,
} from './conversation/schema.ts';
import { backupCalls } from './database/calls.ts';
import { datasetCalls } from './dataset/calls.ts';
import { evaluationCalls, judgeCalls } from './evaluation/calls.ts';
import { applicationEventSchema } from './event.ts';
import { feedbackCalls } from './feedback/calls.ts';
import { importExportCalls } from './import-export/calls.ts';
import { jobCalls } from './jobs/calls.ts';
import { downloadCalls, hubCalls, libraryCalls, quantizeCalls } from './library/calls.ts';
import { inspectionSchema } from './library/inspection.ts';
import { modelFileSchema, modelStateSchema } from './library/schema.ts';
import { promptCalls } from './prompt/calls.ts';
import { searchCalls } from './search/calls.ts';
import { settingsSchema } from './settings/schema.ts';
import { doctorSchema, helloSchema, statusSchema } from './system/schema.ts';

export const contract = {
	system: {
		/** First call of every client; a different version fails with `contract-mismatch`. */
		hello: call.input(z.object({ contractVersion: z.int() })).output(helloSchema),
		status: call.output(statusSchema),
		doctor: call.output(doctorSchema),
		/** Streams application-wide events from now on. */
		events: call.output(eventIterator(applicationEventSchema)),
	},
	activity: activityCalls,
	backups: backupCalls,
	storage: storageCalls,
	diagnostics: diagnosticCalls,
	comparisons: {
		...comparisonCalls,
		...comparisonImportExportCalls,
		...comparisonEstimateCalls,
		...comparisonExtensionCalls,
		...comparisonManifestCalls,
	},
	datasets: datasetCalls,
	evaluations: evaluationCalls,
	prompts: promptCalls,
	judges: judgeCalls,
	models: {
		list: call.output(z.object({ models: z.array(modelFileSchema), states: z.array(modelStateSchema) })),
		add: call.input(z.object({ path: z.string().min(1) })).output(modelFileSchema),
		inspect: call.input(z.object({ path: z.string().min(1) })).output(inspectionSchema),
		/**
		 * Removes the file from the library; `deleteFile` also deletes it from the disk, only inside the data folder,
		 * and only after a minute in which `restore` undoes it.
		 */
		remove: call.input(byId.extend({ deleteFile: z.boolean() })).output(z.object({ freedBytes: z.int() })),
		setDefault: call.input(byId).output(modelFileSchema),
		/** `safe` uses the settings that crash least, after a load that crashed. */
		load: call
			.input(byId.extend({ contextSize: z.int().min(128).optional(), safe: z.boolean().optional() }))
			.output(modelStateSchema),
		unload: call.input(byId).output(modelStateSchema),
		...libraryCalls,
	},
	hub: hubCalls,
	downloads: downloadCalls,
	making: quantizeCalls,
	sweeps: sweepCalls,
	conversations: {
		list: call.input(listInputSchema).output(z.object({ conversations: z.array(conversationSchema) })),
		get: call.input(byId).output(threadSchema),
		rename: call.input(byId.extend({ title: z.string().min(1).max(500) })).output(conversationSchema),
		setSystemPrompt: call.input(byId.extend({ systemPrompt: z.string().max(1_000_000) })).output(conversationSchema),
		setModel: call.input(byId.extend({ modelFileId: z.int() })).output(conversationSchema),
		/** Moves the conversation to the trash. */
		remove: call.input(byId).output(conversationSchema),
		restore: call.input(byId).output(conversationSchema),
		/** Makes `messageId` and its descendants the current branch. */
		selectBranch: call.input(byId.extend({ messageId: z.int() })).output(threadSchema),
		send: call.input(sendInputSchema).output(generationStartSchema),
		...branchCalls,
		...countTokensCalls,
		...optionCalls,
		/** Generates another answer next to `messageId`; the old one stays. */
		regenerate: call
			.input(z.object({ messageId: z.int(), modelFileId: z.int().optional() }))
			.output(generationStartSchema),
		/** Returns exactly what the model would receive next in this conversation. */
		prompt: call.input(byId).output(renderedPromptSchema),
	},
	organise: organiseCalls,
	folders: folderCalls,
	tags: tagCalls,
	trash: trashCalls,
	drafts: draftCalls,
	search: searchCalls,
	generations: {
		/**
		 * Answers without storing anything. The answer can be subscribed to and stopped by its id like any other, for a
		 * minute.
		 */
		startTemporary: call.input(temporaryInputSchema).output(byId),
		/** Sends a snapshot, then updates, then `end`. A reloaded page subscribes again. */
		subscribe: call.input(byId).output(eventIterator(generationUpdateSchema)),
		/** Returns once the engine is idle again. */
		stop: call.input(byId).output(z.object({ stopped: z.boolean() })),
	},
	attachments: attachmentCalls,
	feedback: feedbackCalls,
	exchange: importExportCalls,
	jobs: jobCalls,
	presets: presetCalls,
	settings: {
		get: call.output(settingsSchema),
		set: call.input(settingsSchema.partial()).output(settingsSchema),
	},
};

export type Contract = typeof contract;
