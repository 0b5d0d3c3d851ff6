/** Tag that opens the reasoning of models that reason in their text. */
export const openThinking = '<think>';

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
