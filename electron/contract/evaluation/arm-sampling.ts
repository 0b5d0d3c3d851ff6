import type { Sampling } from '../../../models/contract/sampling.ts';
import { samplingParameters, withRunDefaults } from '../../../models/contract/sampling-parameters.ts';
import type { SamplingChoices } from '../conversation/schema.ts';
import type { Arm, ChatUse } from './schema.ts';

/** Returns the sampling of an answer as the run gave it, whatever the settings (`general`) say. */
export function armSampling(
	{ parameters }: Pick<Arm, 'parameters'>,
	use: Pick<ChatUse, 'temperature'>,
	general: Sampling,
): SamplingChoices {
	const values = withRunDefaults(parameters);
	const named = samplingParameters.filter(({ key, optional }) => !optional || key in parameters || key in general);
	return {
		...Object.fromEntries(named.map(({ key }) => [key, values[key]])),
		...(use.temperature === null ? {} : { temperature: use.temperature }),
		maxTokens: parameters.maxTokens,
		stop: parameters.stop,
	};
}
