import { CircleAlert } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type {
	ModelFile,
	ModelTemplate,
	TemplateFamilyFacts,
	TemplatePreview,
} from '../../electron/contract/library/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { Segmented } from '../design/segmented.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { TextArea } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

type Turns = Parameters<
	ReturnType<typeof useServices>['connection']['client']['models']['previewChatTemplate']
>[0]['turns'];

const conversation: Turns = [
	{ role: 'user', content: t('Where is the lighthouse?') },
	{ role: 'assistant', content: t('On the cliff above the harbour.') },
	{ role: 'user', content: t('How old is it?') },
];

const withSystem: Turns = [{ role: 'system', content: t('Answer in one sentence.') }, ...conversation];

/** Pause in typing before the preview is rendered, ms. */
const previewPauseMs = 150;

/** What the form holds; `family` null: the user's own text. */
interface Form {
	readonly family: string | null;
	readonly source: string;
	readonly stop: readonly string[];
}

/** Chooses how a model's conversations are written as one text: a known template or the user's own, with a preview. */
export function ChatTemplateDialog({ model, onClose }: { model: ModelFile; onClose: () => void }) {
	const { connection, models, toasts } = useServices();
	const [known, setKnown] = useState<{ template: ModelTemplate; families: readonly TemplateFamilyFacts[] } | null>(
		null,
	);
	const [form, setForm] = useState<Form | null>(null);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	const [busy, setBusy] = useState(false);
	useEffect(() => {
		const calls = connection.client.models;
		Promise.all([calls.chatTemplate({ id: model.id }), calls.templateFamilies()]).then(
			([template, { families }]) => {
				setKnown({ template, families });
				setForm(template.chosen ?? firstForm(template, families));
			},
			(error: unknown) => setFailure(toFailure(error)),
		);
	}, [connection, model.id]);

	async function use(template: Form | null): Promise<void> {
		setBusy(true);
		setFailure(null);
		try {
			const { reload } = await connection.client.models.setChatTemplate({
				id: model.id,
				template: template && { ...template, stop: [...template.stop] },
			});
			// A message that is sent at once must find that the model can chat.
			await models.refresh();
			toasts.show({
				text: reload
					? t('{name} uses the template after its next load', { name: model.name })
					: template === null
						? t('{name} uses its file’s template again', { name: model.name })
						: t('{name} now uses this template', { name: model.name }),
			});
			onClose();
		} catch (error) {
			if (!isConnectionLoss(error)) setFailure(toFailure(error));
			setBusy(false);
		}
	}

	return (
		<Dialog
			open
			onClose={onClose}
			width={860}
			tall
			title={t('Chat template for {name}', { name: model.name })}
			text={t(
				'A template turns a conversation into the text that the model continues. Choose the one the model was trained with, or the one that gives the best answers.',
			)}
			actions={
				<>
					{known?.template.chosen ? (
						<Button kind="ghost" className="mr-auto" onClick={() => void use(null)}>
							{known.template.file === null ? t('Remove the template') : t('Use the file’s template')}
						</Button>
					) : null}
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button
						kind="primary"
						busy={busy ? t('Checking') : undefined}
						blocked={form === null ? t('Reading the template') : undefined}
						onClick={() => void use(form)}
					>
						{t('Use template')}
					</Button>
				</>
			}
		>
			{failure === null ? null : (
				<div className="mt-3" role="alert">
					<FailureCard title={t('Couldn’t change the template')} failure={failure} />
				</div>
			)}
			{known === null || form === null ? (
				failure === null ? (
					<Skeleton rows={6} className="mt-3" />
				) : null
			) : (
				<div className="@container mt-3">
					<div className="grid gap-5 @min-[640px]:grid-cols-[240px_minmax(0,1fr)]">
						<Families {...known} form={form} onChange={setForm} />
						<div className="flex min-w-0 flex-col gap-3.5">
							<TextArea
								label={t('Template (Jinja)')}
								mono
								maxHeight={220}
								spellCheck={false}
								value={form.source}
								onChange={(event) => setForm({ ...form, family: null, source: event.target.value })}
							/>
							<StopTexts stop={form.stop} onChange={(stop) => setForm({ ...form, stop })} />
							<Preview model={model} source={form.source} />
						</div>
					</div>
				</div>
			)}
		</Dialog>
	);
}

/** Returns what to show first: the file's own text to edit, else the family that probably fits. */
function firstForm({ file, suggested }: ModelTemplate, families: readonly TemplateFamilyFacts[]): Form {
	if (file !== null) return { family: null, source: file, stop: [] };
	const family = families.find(({ id }) => id === suggested) ?? families[0];
	return family === undefined ? { family: null, source: '', stop: [] } : formOf(family);
}

function formOf({ id, source, stop }: TemplateFamilyFacts): Form {
	return { family: id, source, stop };
}

function Families({
	template: { suggested },
	families,
	form,
	onChange,
}: {
	template: ModelTemplate;
	families: readonly TemplateFamilyFacts[];
	form: Form;
	onChange: (form: Form) => void;
}) {
	const name = useId();
	const row =
		'flex items-start gap-2 rounded-[6px] px-2 py-1.5 hover:bg-hover has-checked:bg-selected has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus';
	return (
		<fieldset className="min-w-0">
			<legend className="mb-[5px] text-xs font-medium text-ink-2">{t('Known templates')}</legend>
			<div className="-mx-1 flex max-h-44 flex-col gap-px overflow-y-auto px-1 py-0.5 @min-[640px]:max-h-[54vh]">
				{families.map((family) => (
					<label key={family.id} className={row}>
						<input
							type="radio"
							name={name}
							className="mt-1 size-3.5 flex-none accent-(--accent)"
							checked={form.family === family.id}
							onChange={() => onChange(formOf(family))}
						/>
						<span className="min-w-0">
							<span className="block font-medium">
								{family.name}
								{family.id === suggested ? (
									<span className="ml-1.5 text-xs font-normal text-accent-ink">{t('probably fits')}</span>
								) : null}
							</span>
							<span className="block text-xs text-ink-3">{family.models}</span>
						</span>
					</label>
				))}
				<label className={row}>
					<input
						type="radio"
						name={name}
						className="mt-1 size-3.5 flex-none accent-(--accent)"
						checked={form.family === null}
						onChange={() => onChange({ ...form, family: null })}
					/>
					<span className="min-w-0">
						<span className="block font-medium">{t('Your own')}</span>
						<span className="block text-xs text-ink-3">{t('Edit the text on the right')}</span>
					</span>
				</label>
			</div>
		</fieldset>
	);
}

/** Most stop texts of a template. */
const mostStops = 8;

/** Texts that end an answer, one per line; \\n stands for a line break within one. */
function StopTexts({ stop, onChange }: { stop: readonly string[]; onChange: (stop: readonly string[]) => void }) {
	const [typed, setTyped] = useState<string | null>(null);
	const shown = stop.map((text) => text.replaceAll('\n', '\\n')).join('\n');
	// What was typed may hold empty lines, which are no stop texts.
	const value = typed !== null && parseStopTexts(typed).join('\n') === stop.join('\n') ? typed : shown;
	return (
		<TextArea
			label={t('Stop sequences (one per line)')}
			mono
			maxHeight={120}
			spellCheck={false}
			placeholder={t('Only the model’s end token')}
			value={value}
			onChange={(event) => {
				setTyped(event.target.value);
				onChange(parseStopTexts(event.target.value));
			}}
		/>
	);
}

function parseStopTexts(text: string): readonly string[] {
	return text
		.split('\n')
		.filter((line) => line.trim() !== '')
		.slice(0, mostStops)
		.map((line) => line.replaceAll('\\n', '\n').slice(0, 100));
}

/** The sample conversation as the model would receive it, or the line and cause of a fault. */
function Preview({ model, source }: { model: ModelFile; source: string }) {
	const { connection } = useServices();
	const [shown, setShown] = useState<'plain' | 'system'>('plain');
	const [preview, setPreview] = useState<TemplatePreview | null>(null);
	useEffect(() => {
		const controller = new AbortController();
		const timer = setTimeout(() => {
			const turns = shown === 'plain' ? conversation : withSystem;
			connection.client.models
				.previewChatTemplate({ id: model.id, source, turns }, { signal: controller.signal })
				.then(setPreview, () => {});
		}, previewPauseMs);
		return () => {
			clearTimeout(timer);
			controller.abort();
		};
	}, [connection, model.id, source, shown]);
	return (
		<section aria-label={t('Preview')}>
			<div className="mb-1.5 flex items-center gap-2">
				<h3 className="flex-1 text-xs font-medium text-ink-2">{t('What the model receives')}</h3>
				<Segmented
					label={t('Conversation')}
					value={shown}
					onChange={setShown}
					options={[
						{ value: 'plain', label: t('Conversation') },
						{ value: 'system', label: t('With a system prompt') },
					]}
				/>
			</div>
			<div aria-live="polite">
				{preview === null ? (
					<Skeleton rows={4} />
				) : preview.failure === null ? (
					<Scroller label={t('Preview')} className="max-h-56 rounded-[8px] border border-line bg-sunken px-2.5 py-2">
						<pre className="font-mono text-[11.5px]/4.5 whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
							{preview.text}
						</pre>
					</Scroller>
				) : (
					<p className="flex items-start gap-[5px] text-xs text-bad [overflow-wrap:anywhere]">
						<Icon of={CircleAlert} size={12} className="mt-[3px]" />
						{preview.failure.message}
					</p>
				)}
			</div>
		</section>
	);
}
