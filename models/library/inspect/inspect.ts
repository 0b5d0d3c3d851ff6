import type { Inspection } from '../../contract/inspection.ts';
import { readModelShape } from '../fit/shape.ts';
import { obstacle, readGguf } from '../gguf.ts';
import { engineUses } from './engine-uses.ts';
import { headerRisks } from './header-risks.ts';
import { metadataOf } from './metadata.ts';
import { templateRisks } from './template/template-risks.ts';
import { tokenizerOf } from './tokenizer.ts';

/**
 * Everything that a file says of itself, and what people should know before they trust it. Nothing is loaded or run.
 * Throws what `readGguf` throws; a file that ends too early is described all the same, with a warning that says so.
 */
export async function inspectGguf(path: string): Promise<Inspection> {
	const { files, facts, header, problem } = await readGguf(path);
	const [first] = files;
	const hindrance = problem ?? obstacle(facts);
	const warnings = hindrance === null ? [] : [hindrance.message];
	if (hindrance === null && facts.chatTemplate === null) {
		warnings.push('It has no chat template: a base model, not trained to chat.');
	}
	return {
		path: facts.paths[0] ?? path,
		facts,
		warnings,
		metadata: metadataOf(header),
		tokenizer: first === undefined ? null : await tokenizerOf(first),
		risks: [...(facts.chatTemplate === null ? [] : templateRisks(facts.chatTemplate)), ...headerRisks(header, facts)],
		engine: engineUses(facts, readModelShape(header)),
	};
}
