import { ClipboardPaste, FolderOpen, MessageSquare, Table2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FileDrop } from '../design/file-drop.tsx';
import { formatBytesOf } from '../design/format.ts';
import { ProgressBar } from '../design/progress-bar.tsx';
import { Select } from '../design/select.tsx';
import { Switch } from '../design/switch.tsx';
import { Labelled, TextArea, TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

type Way = 'files' | 'folder' | 'text' | 'conversation' | 'dataset';

/** Formats that the file picker offers; others are tried as text. */
const accepted =
	'.txt,.md,.markdown,.csv,.tsv,.json,.jsonl,.html,.htm,.pdf,.docx,.pptx,.xlsx,.odt,.ods,.odp,.rtf,.epub,.js,.ts,.py,.java,.c,.cpp,.rs,.go,.xml,.yaml,.yml,.toml,.log,.rst,.tex';

/** Adds files, a folder by its path, a pasted text, a conversation or a column of a dataset to the open collection. */
export function AddDocumentsDialog({ onClose }: { onClose: () => void }) {
	const { documents } = useServices();
	const upload = useStore(documents.state, (state) => state.upload);
	const [way, setWay] = useState<Way>('files');
	const [error, setError] = useState<string>();
	const [busy, setBusy] = useState(false);
	async function run(work: () => Promise<unknown>): Promise<void> {
		if (busy) return;
		setBusy(true);
		setError(undefined);
		try {
			await work();
			onClose();
		} catch (failure) {
			setError(toFailure(failure).message);
			setBusy(false);
		}
	}
	const back = { busy, error, run, onBack: () => setWay('files') };
	return (
		<Dialog
			open
			onClose={onClose}
			width={560}
			title={t('Add documents')}
			text={
				way === 'files'
					? t('Text, Markdown, code, PDF, Word, PowerPoint, Excel, OpenDocument, RTF, EPUB, HTML, CSV and JSON.')
					: undefined
			}
			actions={<Button onClick={onClose}>{t('Close')}</Button>}
		>
			<div className="mt-3.5 flex flex-col gap-3">
				{upload !== null ? (
					<div>
						<p className="flex gap-3">
							<span className="flex-1 font-medium">{t('Uploading')}</span>
							<span className="text-xs text-ink-2 tabular-nums">
								{upload.total === 0 ? t('Starting') : formatBytesOf(upload.sent, upload.total)}
							</span>
						</p>
						<ProgressBar
							className="mt-2"
							label={t('Uploading')}
							value={upload.total === 0 ? null : upload.sent / upload.total}
						/>
					</div>
				) : way === 'files' ? (
					<>
						<FileDrop
							accept={accepted}
							filesLabel={t('Files to add')}
							folderLabel={t('Folder to add')}
							onFiles={(files) =>
								void run(() =>
									documents.addFiles(
										[...files].map((file) => ({
											file,
											name: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
										})),
									),
								)
							}
						/>
						{error === undefined ? null : (
							<p role="alert" className="text-xs text-bad">
								{error}
							</p>
						)}
						<div className="flex flex-wrap justify-center gap-1.5">
							<Button kind="ghost" size="sm" icon={FolderOpen} onClick={() => setWay('folder')}>
								{t('Watch a folder')}
							</Button>
							<Button kind="ghost" size="sm" icon={ClipboardPaste} onClick={() => setWay('text')}>
								{t('Paste text')}
							</Button>
							<Button kind="ghost" size="sm" icon={MessageSquare} onClick={() => setWay('conversation')}>
								{t('Conversation')}
							</Button>
							<Button kind="ghost" size="sm" icon={Table2} onClick={() => setWay('dataset')}>
								{t('Dataset column')}
							</Button>
						</div>
					</>
				) : way === 'folder' ? (
					<FolderForm {...back} />
				) : way === 'text' ? (
					<TextForm {...back} />
				) : way === 'conversation' ? (
					<ConversationForm {...back} />
				) : (
					<DatasetForm {...back} />
				)}
			</div>
		</Dialog>
	);
}

interface FormProps {
	readonly busy: boolean;
	readonly error: string | undefined;
	readonly run: (work: () => Promise<unknown>) => Promise<void>;
	readonly onBack: () => void;
}

function Form({
	busy,
	error,
	blocked,
	verb,
	onSubmit,
	onBack,
	children,
}: Omit<FormProps, 'run'> & {
	verb: string;
	blocked: string | undefined;
	onSubmit: () => void;
	children: React.ReactNode;
}) {
	return (
		<form
			className="flex flex-col gap-3"
			onSubmit={(event) => {
				event.preventDefault();
				if (blocked === undefined) onSubmit();
			}}
		>
			{children}
			{error === undefined ? null : (
				<p role="alert" className="text-xs text-bad [overflow-wrap:anywhere]">
					{error}
				</p>
			)}
			<div className="flex justify-end gap-2">
				<Button kind="ghost" size="sm" onClick={onBack}>
					{t('Choose files instead')}
				</Button>
				<Button
					kind="primary"
					size="sm"
					type="submit"
					busy={busy ? t('Adding') : undefined}
					blocked={blocked}
					onClick={() => {}}
				>
					{verb}
				</Button>
			</div>
		</form>
	);
}

function FolderForm({ run, ...form }: FormProps) {
	const { documents } = useServices();
	const [path, setPath] = useState('');
	const [watch, setWatch] = useState(true);
	return (
		<Form
			{...form}
			verb={t('Add folder')}
			blocked={path.trim() === '' ? t('Enter the path of a file or folder') : undefined}
			onSubmit={() => void run(() => documents.addPath(path.trim(), watch))}
		>
			<TextField
				label={t('Path of a file or folder')}
				mono
				autoFocus
				autoComplete="off"
				spellCheck={false}
				value={path}
				placeholder="/home/ada/notes"
				onChange={(event) => setPath(event.target.value)}
			/>
			<Switch
				label={t('Watch for changes')}
				description={t('New and changed files are read; deleted ones leave the collection.')}
				checked={watch}
				onChange={setWatch}
			/>
		</Form>
	);
}

function TextForm({ run, ...form }: FormProps) {
	const { documents } = useServices();
	const [title, setTitle] = useState('');
	const [text, setText] = useState('');
	return (
		<Form
			{...form}
			verb={t('Add text')}
			blocked={text.trim() === '' ? t('Paste a text first') : undefined}
			onSubmit={() => void run(() => documents.addText(title.trim(), text))}
		>
			<TextField
				label={t('Title')}
				hint={t('Optional')}
				value={title}
				maxLength={200}
				autoComplete="off"
				onChange={(event) => setTitle(event.target.value)}
			/>
			<TextArea label={t('Text')} autoFocus rows={8} value={text} onChange={(event) => setText(event.target.value)} />
		</Form>
	);
}

/** Conversations that are offered: the newest. */
const offeredConversations = 200;

function ConversationForm({ run, ...form }: FormProps) {
	const { conversations, documents } = useServices();
	const known = useStore(conversations.state, (state) => state.conversations);
	const [chosen, setChosen] = useState<string>('');
	const options = known.slice(0, offeredConversations).map(({ id, title }) => ({ value: String(id), words: title }));
	const id = chosen || options[0]?.value;
	return (
		<Form
			{...form}
			verb={t('Add conversation')}
			blocked={id === undefined ? t('There are no conversations yet') : undefined}
			onSubmit={() => void run(() => documents.addConversation(Number(id)))}
		>
			<Labelled label={t('Conversation')} htmlFor="collection-conversation">
				<Select
					label={t('Conversation to add')}
					value={id ?? ''}
					onChange={setChosen}
					options={options.length === 0 ? [{ value: '', words: t('None') }] : options}
				/>
			</Labelled>
		</Form>
	);
}

function DatasetForm({ run, ...form }: FormProps) {
	const { datasets, documents } = useServices();
	const known = useStore(datasets.state, (state) => state.datasets);
	const [chosen, setChosen] = useState<string>('');
	const [column, setColumn] = useState('input');
	const options = known.map(({ id, name }) => ({ value: String(id), words: name }));
	const id = chosen || options[0]?.value;
	return (
		<Form
			{...form}
			verb={t('Add column')}
			blocked={
				id === undefined
					? t('There are no datasets yet')
					: column.trim() === ''
						? t('Enter the name of a column')
						: undefined
			}
			onSubmit={() => void run(() => documents.addDatasetColumn(Number(id), column.trim()))}
		>
			<Labelled label={t('Dataset')} htmlFor="collection-dataset">
				<Select
					label={t('Dataset to add')}
					value={id ?? ''}
					onChange={setChosen}
					options={options.length === 0 ? [{ value: '', words: t('None') }] : options}
				/>
			</Labelled>
			<TextField
				label={t('Column')}
				hint={t('input, target, or the name of a variable')}
				value={column}
				autoComplete="off"
				spellCheck={false}
				onChange={(event) => setColumn(event.target.value)}
			/>
		</Form>
	);
}
