import type { GgufFacts } from '../../contract/gguf.ts';
import type { Inspection } from '../../contract/inspection.ts';
import { llamaCppVersion } from '../engine-build.ts';
import { kvTypeFits } from '../fit/kv.ts';
import type { ModelShape } from '../fit/shape.ts';
import { obstacle } from '../gguf.ts';

type EngineUse = Inspection['engine'][number];

const can = (name: string, why: string | null): EngineUse => ({ name, usable: why === null, why });

/** Of these llama.cpp v0.4.0 keeps a state that can't be cut back, so nothing that goes back a few tokens works. */
function hasState(shape: ModelShape): boolean {
	return shape.layers.some(({ stateLength }) => stateLength > 0);
}

/** What the engine can do with a model, by its header. */
export function engineUses(facts: GgufFacts, shape: ModelShape): EngineUse[] {
	const hindrance = obstacle(facts);
	if (hindrance !== null) return [can(`llama.cpp ${llamaCppVersion}`, hindrance.message)];
	const noHeads = shape.heads === 0 ? 'It has no attention.' : null;
	const state = hasState(shape) ? 'Its state can’t go back by some tokens.' : null;
	return [
		can('Chat', facts.chatTemplate === null ? 'It has no chat template: a base model.' : null),
		can('Flash attention', noHeads),
		can(
			'Quantised KV cache',
			noHeads ??
				(kvTypeFits(shape, 'Q8_0') ? null : `Its heads are ${shape.headLength} values long, which 32 does not divide.`),
		),
		can('LoRA', null),
		can('Draft model', state),
		can('Prompt reuse', state),
	];
}
