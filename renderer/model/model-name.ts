/** "SmolLM2 135M Instruct" → "SmolLM2 135M": short enough for a chip; what kind of model it is stands in the list. */
export function shortName(name: string): string {
	return name
		.replace(/[\s_-](?:instruct|chat|it)$/i, '')
		.replaceAll(/[-_]/g, ' ')
		.replace(/\.gguf$/i, '')
		.trim();
}

/** "llama.cpp v0.4.0" out of "node-llama-cpp 3.21.1 (llama.cpp v0.4.0)", as the status bar says it: "Engine 0.4.0". */
export function engineName(build: string): string {
	const version = /llama\.cpp v?([\w.-]+)/.exec(build)?.[1];
	return version === undefined ? build : `Engine ${version}`;
}

/** A word for what a quantisation is meant for, from its name. */
export function quantizationWord(quantization: string): string | null {
	const name = quantization.toUpperCase();
	if (/^(F32|F16|BF16)$/.test(name)) return 'Reference';
	if (name.startsWith('Q8')) return 'Large';
	if (/^Q[56]/.test(name)) return 'Careful';
	if (/^(Q4|IQ4|MXFP4)/.test(name)) return 'Balanced';
	if (/^(Q3|IQ3)/.test(name)) return 'Small';
	return /^(I?Q[12]|TQ)/.test(name) ? 'Tiny' : null;
}
