import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '../../design/button.tsx';
import { StopSequencesField } from '../../settings/stop-sequences-field.tsx';
import { describeParameters } from '../run-wording.ts';
import { FormPart } from './form-part.tsx';
import { InlineNumber, MoreFields } from './inline-fields.tsx';
import { defaultParameters, type RunDraft } from './run-draft.ts';

/** Sampling parameters of the answers; several sets are compared like prompts. */
export function ParameterPart({ draft, change }: { draft: RunDraft; change: (part: Partial<RunDraft>) => void }) {
	const { parameters } = draft;
	return (
		<FormPart
			title="Answers"
			hint="At temperature 0 the same question has one answer."
			action={
				<Button
					kind="ghost"
					size="sm"
					icon={Plus}
					className="-ml-2"
					onClick={() => change({ parameters: [...parameters, { ...defaultParameters, temperature: 0.7 }] })}
				>
					Compare another setting
				</Button>
			}
		>
			{parameters.map((one, index) => {
				const put = (part: Partial<typeof one>): void =>
					change({ parameters: parameters.map((other, at) => (at === index ? { ...other, ...part } : other)) });
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: two sets may be alike while they are edited
					<div key={index} className="flex w-full flex-wrap items-center gap-x-3 gap-y-1.5">
						<InlineNumber
							label="Temperature"
							value={one.temperature}
							onChange={(temperature) => put({ temperature: temperature ?? 0 })}
							min={0}
							max={5}
							step={0.1}
							digits={2}
							width={52}
						/>
						<InlineNumber
							label="At most"
							unit="tokens"
							value={one.maxTokens}
							onChange={(maxTokens) => put({ maxTokens: maxTokens ?? defaultParameters.maxTokens })}
							min={1}
							max={131_072}
							width={60}
						/>
						{one.temperature === 0 ? null : (
							<>
								<InlineNumber
									label="Top-k"
									value={one.topK}
									onChange={(topK) => put({ topK: topK ?? 40 })}
									min={0}
									max={1000}
									width={48}
								/>
								<InlineNumber
									label="Top-p"
									value={one.topP}
									onChange={(topP) => put({ topP: topP ?? 0.95 })}
									min={0.01}
									max={1}
									step={0.05}
									digits={2}
									width={52}
								/>
								<InlineNumber
									label="Min-p"
									value={one.minP}
									onChange={(minP) => put({ minP: minP ?? 0.05 })}
									min={0}
									max={1}
									step={0.05}
									digits={2}
									width={52}
								/>
							</>
						)}
						<InlineNumber
							label="Repeat penalty"
							value={one.repeatPenalty}
							onChange={(repeatPenalty) => put({ repeatPenalty: repeatPenalty ?? 1 })}
							min={0.5}
							max={2}
							step={0.05}
							digits={2}
							width={52}
						/>
						<span className="flex-1" />
						{parameters.length === 1 ? null : (
							<IconButton
								icon={X}
								size="sm"
								label="Remove this setting"
								onClick={() => change({ parameters: parameters.filter((_, at) => at !== index) })}
							/>
						)}
						<MoreFields about={describeParameters(one)} changed={one.stop.length > 0}>
							<StopSequencesField stop={one.stop} changed={false} onChange={(stop) => put({ stop })} />
						</MoreFields>
					</div>
				);
			})}
		</FormPart>
	);
}
