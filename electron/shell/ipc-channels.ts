/** Names of the raw IPC channels, for the preload and page-calls.ts alone. */
export const channels = {
	connect: 'assay:connect',
	chooseModelFile: 'assay:choose-model-file',
	chooseModelFolder: 'assay:choose-model-folder',
	saveText: 'assay:save-text',
	saveExport: 'assay:save-export',
	openLink: 'assay:open-link',
	revealFile: 'assay:reveal-file',
	command: 'assay:command',
} as const;
