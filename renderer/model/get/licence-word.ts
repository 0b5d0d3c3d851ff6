/** What the hub calls licences, as people know them. */
const known: Readonly<Record<string, string>> = {
	'apache-2.0': 'Apache 2.0',
	mit: 'MIT',
	gemma: 'Gemma terms',
	'llama3.2': 'Llama 3.2 Community',
	'llama3.1': 'Llama 3.1 Community',
	llama3: 'Llama 3 Community',
	llama2: 'Llama 2 Community',
	'cc-by-nc-4.0': 'CC BY-NC 4.0',
	'cc-by-4.0': 'CC BY 4.0',
	openrail: 'OpenRAIL',
	other: 'its own',
};

/** "apache-2.0" → "Apache 2.0"; one that is not known stands as it is written. */
export function formatLicence(license: string): string {
	return known[license.toLowerCase()] ?? license;
}
