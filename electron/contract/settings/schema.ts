import { z } from 'zod';
import { samplingSchema } from '../../../models/contract/sampling.ts';
import { overflowPolicySchema } from '../conversation/overflow.ts';
import { toolLimitsSchema } from '../conversation/steps.ts';
import { keepBodiesOptions } from '../server/request-log.ts';
import { languageTags } from './languages.ts';
import { combinationPattern } from './shortcut-keys.ts';

const keysSchema = z.record(z.string().max(60), z.union([z.literal(''), z.string().max(40).regex(combinationPattern)]));

/** Every setting that applies to the whole application. Stored as one row per key; a missing key means its default. */
export const settingsSchema = z.object({
	theme: z.enum(['system', 'light', 'dark']),
	/** Size of the page's text and everything around it, in percent of the normal size. */
	textSize: z.int().min(85).max(150),
	/** Language of the page. The command line, JSON and exports are always in English. */
	language: z.enum(['system', ...languageTags]),
	networkBlocked: z.boolean(),
	/** Address of the model hub, e.g. a mirror or a private one; empty: the default hub. */
	hubUrl: z.string().max(500),
	/** Whether the installed window looks for updates once a day. */
	updateChecks: z.boolean(),
	sampling: samplingSchema,
	systemPrompt: z.string(),
	/** Preset of new conversations; null: only the two settings above. */
	defaultPresetId: z.int().nullable(),
	listWidth: z.int().min(200).max(360),
	inspectorOpen: z.boolean(),
	inspectorWidth: z.int().min(200).max(360),
	/** What happens with the oldest messages once a conversation outgrows the context. */
	overflow: overflowPolicySchema,
	/** Whether the model writes the titles of new conversations in idle time. */
	modelTitles: z.boolean(),
	/** Whether to record as feedback what the user does with answers (copy, stop, ask again). */
	collectSignals: z.boolean(),
	/** Days after which the trash deletes its contents; null: only by hand. */
	trashDays: z.int().min(1).max(3_650).nullable(),
	/**
	 * MB of disk space for saved conversation states, which let conversations continue at once after a restart; 0: none
	 * are saved.
	 */
	stateLimitMb: z.int().min(0).max(1_000_000),
	/** Minutes without use after which a model is unloaded; null: never. */
	unloadAfterMinutes: z.int().min(1).max(10_080).nullable(),
	/** Whether long lines of code wrap rather than scroll. */
	wrapCode: z.boolean(),
	/** Folders of the list of conversations that are open. */
	openFolderIds: z.array(z.int()).max(10_000),
	/** Columns of a comparison's results that were switched on or off. */
	comparisonColumns: z.record(z.string().max(100), z.boolean()),
	/** Whether the server for other programs is on. */
	serverOn: z.boolean(),
	serverPort: z.int().min(1).max(65_535),
	/** Whether programs on this computer may use the server without a key. */
	serverOpen: z.boolean(),
	/** Pages of these origins may use the server. */
	serverOrigins: z
		.array(
			z
				.string()
				.max(500)
				.regex(/^https?:\/\/[^/\s]+$/),
		)
		.max(100),
	/** When a model that calls tools has to answer. */
	toolLimits: toolLimitsSchema,
	/** How long the texts of the server's requests are kept: not at all, 24 hours, or until they are deleted. */
	serverKeepBodies: z.enum(keepBodiesOptions),
	/** The dataset that a message was last added to; null: none yet. */
	lastDatasetId: z.int().nullable(),
	/** The model that turns documents into vectors; null: the first one of the library. */
	embeddingModelId: z.int().nullable(),
	/** Whether answers use what the person wants remembered. */
	memoryOn: z.boolean(),
	/** Who looks for facts in the person's messages: nobody, rules, or also the loaded model in idle time. */
	memoryProposals: z.enum(['off', 'rules', 'model']),
	/** Whether what they find is used at once, rather than proposed. */
	memoryAutomatic: z.boolean(),
	/** Keyboard shortcuts that differ from the defaults. */
	keys: z.object({ window: keysSchema, tab: keysSchema }),
});

export type Settings = z.infer<typeof settingsSchema>;
