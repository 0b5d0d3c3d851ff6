import type { ChatUse } from '../contract/evaluation/schema.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import { readSamplesById } from '../dataset/read-version.ts';
import { fixedSystemPrompt } from '../prompt/build-request.ts';
import { messageObstacle } from '../prompt/message-prompt.ts';
import { getPromptVersion } from '../prompt/store.ts';
import { parseTemplate, variablesOf } from '../prompt/template.ts';
import type { EvaluationContext } from './context.ts';
import { manifestOf } from './run-view.ts';
import { getArm } from './store/arms.ts';
import { getRun } from './store/runs.ts';
import { storedConfig } from './stored-config.ts';

/**
 * Returns an arm as conversations can use it: its prompt with technique and examples, applied to each message, and every
 * respect in which a chat would not do what was measured. Throws Failure `arm-unknown`.
 */
export function chatUseOf({ database }: Pick<EvaluationContext, 'database'>, armId: number): ChatUse {
	const arm = getArm(database, armId);
	const run = getRun(database, arm.runId);
	const manifest = manifestOf(run);
	const planned = manifest.arms[arm.position];
	const { contextSize } = storedConfig(run.config, manifest);
	const plainText: ChatUse['differences'] = planned?.model.chat === false ? [{ kind: 'plain-text' }] : [];
	const without = (difference: ChatUse['differences'][number]): ChatUse => ({
		systemPrompt: '',
		prompt: null,
		contextSize,
		temperature: null,
		differences: [difference, ...plainText],
	});
	if (arm.promptVersionId === null || planned === undefined) return without({ kind: 'gone' });
	const version = getPromptVersion(database, arm.promptVersionId);
	const { template, example } = version;
	const technique = askedOnce(arm.technique);
	const obstacle = messageObstacle({ template, example, technique });
	if (obstacle !== null)
		return without(obstacle.kind === 'columns' ? { kind: 'columns', names: [...obstacle.names] } : obstacle);
	const examples = readSamplesById(database, run.datasetVersionId, arm.examples);
	const systemPrompt = fixedSystemPrompt({ version, technique, examples });
	if (systemPrompt === null) return without({ kind: 'system' });
	return {
		systemPrompt,
		...(arm.adapters.length === 0 ? {} : { adapters: [...arm.adapters] }),
		prompt: {
			template,
			example,
			technique,
			name: planned.prompt.name,
			number: planned.prompt.number,
			versionId: version.id,
			// Examples shown in the system prompt alone are part of it already.
			examples: (showsExamples(version.system) && !showsExamples(template) ? [] : examples).map(
				({ input, target, choices, variables, metadata }) => ({
					input,
					target,
					choices,
					variables,
					metadata,
				}),
			),
		},
		contextSize,
		temperature: arm.technique.kind === 'self-consistency' ? arm.technique.temperature : null,
		differences: [
			...(planned.context === undefined ? [] : [{ kind: 'context' as const }]),
			...(arm.technique.kind === 'self-consistency' ? [{ kind: 'votes' as const, k: arm.technique.k }] : []),
			...(arm.technique.kind === 'tools' ? [{ kind: 'tools' as const }] : []),
			...plainText,
		],
	};
}

function showsExamples(template: string): boolean {
	return variablesOf(parseTemplate(template)).includes('examples');
}

/** A chat answers once, with its own tools: of both techniques, only how the question is put remains. */
function askedOnce(technique: Technique): Technique {
	if (technique.kind === 'tools') return { kind: 'zero-shot', extract: technique.extract };
	if (technique.kind !== 'self-consistency') return technique;
	const { k: _, temperature: __, ...asked } = technique;
	return { ...asked, kind: 'chain-of-thought' };
}
