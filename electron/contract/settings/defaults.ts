import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import type { Settings } from './schema.ts';

/** Defaults of the settings. In a separate file, so that the page bundles no schemas. */
export const defaultSettings: Settings = {
	theme: 'system',
	textSize: 100,
	language: 'system',
	networkBlocked: false,
	hubUrl: '',
	updateChecks: false,
	sampling: defaultSampling,
	systemPrompt: '',
	defaultPresetId: null,
	listWidth: 240,
	inspectorOpen: false,
	inspectorWidth: 284,
	modelTitles: true,
	collectSignals: true,
	trashDays: 30,
	stateLimitMb: 2000,
	unloadAfterMinutes: 60,
	wrapCode: false,
	openFolderIds: [],
	comparisonColumns: {},
	serverOn: false,
	serverPort: 4891,
	serverOpen: false,
	serverOrigins: [],
	serverKeepBodies: 'off',
	lastDatasetId: null,
	keys: { window: {}, tab: {} },
};
