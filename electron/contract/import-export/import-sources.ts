/** Programs whose exports can be imported, with their display names. */
export const importSourceNames = {
	assay: 'Assay',
	chatgpt: 'ChatGPT',
	claude: 'Claude',
	grok: 'Grok',
	'open-webui': 'Open WebUI',
	jan: 'Jan',
	'lm-studio': 'LM Studio',
} as const;

export type ImportSource = keyof typeof importSourceNames;
