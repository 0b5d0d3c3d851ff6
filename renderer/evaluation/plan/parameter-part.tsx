import { Plus, X } from 'lucide-react';
import {
	leastEntry,
	runSamplerDefaults,
	samplingParameters,
	withRunDefaults,
} from '../../../models/contract/sampling-parameters.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { t, translate } from '../../messages/t.ts';
import { StopSequencesField } from '../../settings/stop-sequences-field.tsx';
import { describeParameters } from '../run-wording.ts';
import { FormPart } from './form-part.tsx';
import { FieldLine, InlineNumber, MoreFields } from './inline-fields.tsx';
import { defaultParameters, type RunDraft } from './run-draft.ts';

type Parameter = (typeof samplingParameters)[number];

const heat = samplingParameters.filter(({ key }) => key === 'temperature');
const plain = samplingParameters.filter(({ key, field }) => key !== 'temperature' && field !== 'advanced');
const advanced = samplingParameters.filter(({ field }) => field === 'advanced');

/** Sampling parameters of the answers; several sets are compared like prompts. */
export function ParameterPart({ draft, change }: { draft: RunDraft; change: (part: Partial<RunDraft>) => void }) {
	const { parameters } = draft;
	return (
		<FormPart
			title={t('Answers')}
			hint={t('At temperature 0, a question always gets the same answer.')}
			action={
				<Button
					kind="ghost"
					size="sm"
					icon={Plus}
					className="-ml-2"
					onClick={() => change({ parameters: [...parameters, { ...defaultParameters, temperature: 0.7 }] })}
				>
					{t('Compare other parameters')}
				</Button>
			}
		>
			{parameters.map((one, index) => {
				const values = withRunDefaults(one);
				const put = (part: Partial<typeof one>): void =>
					change({ parameters: parameters.map((other, at) => (at === index ? { ...other, ...part } : other)) });
				const field = (parameter: Parameter) =>
					parameter.drawsOnly === true && one.temperature === 0 ? null : (
						<InlineNumber
							key={parameter.key}
							label={translate(parameter.label)}
							value={values[parameter.key]}
							onChange={(value) => put({ [parameter.key]: value ?? runSamplerDefaults[parameter.key] })}
							min={leastEntry(parameter)}
							max={parameter.max}
							step={parameter.step}
							digits={parameter.whole ? 0 : 2}
							width={parameter.whole ? 48 : 52}
						/>
					);
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: two sets may be alike while they are edited
					<div key={index} className="flex w-full flex-wrap items-center gap-x-3 gap-y-1.5">
						{heat.map(field)}
						<InlineNumber
							label={t('At most')}
							unit={t('tokens')}
							value={one.maxTokens}
							onChange={(maxTokens) => put({ maxTokens: maxTokens ?? defaultParameters.maxTokens })}
							min={1}
							max={131_072}
							width={60}
						/>
						{plain.map(field)}
						{parameters.length === 1 ? null : (
							<>
								<span className="flex-1" />
								<IconButton
									icon={X}
									size="sm"
									label={t('Remove these parameters')}
									onClick={() => change({ parameters: parameters.filter((_, at) => at !== index) })}
								/>
							</>
						)}
						<MoreFields
							about={describeParameters(one)}
							changed={one.stop.length > 0 || advanced.some(({ key }) => values[key] !== runSamplerDefaults[key])}
						>
							<StopSequencesField stop={one.stop} changed={false} onChange={(stop) => put({ stop })} />
							<FieldLine>{advanced.map(field)}</FieldLine>
						</MoreFields>
					</div>
				);
			})}
		</FormPart>
	);
}
