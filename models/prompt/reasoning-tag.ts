/** Tag that opens the reasoning of most models that reason in their text (DeepSeek R1, Qwen 3, QwQ, …). */
export const openThinking = '<think>';

/** Opening and closing tags of reasoning: the usual ones, then those of Apriel, Seed-OSS, MiniMax M3 and Hy3. */
export const reasoningTags = ['think', 'thinking', 'seed:think', 'mm:think', 'think:opensource'].map((name) => ({
	open: `<${name}>`,
	close: `</${name}>`,
}));

/** Returns whether a template mentions a tag of reasoning, so that answers may begin with one. */
export function mentionsReasoning(template: string): boolean {
	return /<(?:seed:|mm:)?think/.test(template);
}

/**
 * Returns whether a prompt ends inside the reasoning: some templates open it themselves, and the answer then starts
 * without a tag. If the template does not contain the tag, the tag at the end is a person's text.
 */
export function opensReasoning(prompt: string, template: string): boolean {
	return template.includes('<think') && prompt.trimEnd().endsWith(openThinking);
}

/** Returns the start of an answer without its opening tag, for a prompt that already opened the reasoning. */
export function withoutOpening(text: string): string {
	return text.startsWith(openThinking) ? text.slice(openThinking.length).trimStart() : text;
}
