import { FileBox, FolderOpen, FolderSearch, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ModelPlace } from '../../electron/contract/library/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatDate } from '../design/format.ts';
import { Skeleton } from '../design/skeleton.tsx';
import { TextField } from '../design/text-field.tsx';
import { sentences } from '../messages/sentences.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { readEnteredPath } from './entered-path.ts';

/** Shows the form of a path; not translated. */
const examplePath = '/home/me/models';

/** Adds GGUF files already on this computer: one file, or a whole folder. They stay where they are. */
export function AddModelDialog({
	open,
	onClose,
	onAdded,
}: {
	open: boolean;
	onClose: () => void;
	onAdded?: (id: number) => void;
}) {
	const { models, toasts } = useServices();
	const bridge = getWindowBridge();
	const [path, setPath] = useState('');
	const [adding, setAdding] = useState(false);
	const [failure, setFailure] = useState<FailureFacts | null>(null);

	async function scan(paths: readonly string[]): Promise<void> {
		await models.fits.scan(paths);
		setPath('');
		onClose();
	}

	async function add(from: string): Promise<void> {
		const asked = readEnteredPath(from);
		if (asked === '' || adding) return;
		setAdding(true);
		setFailure(null);
		try {
			const added = await models.add(asked);
			toasts.show({ text: t('Added {name}', { name: added.name }) });
			setPath('');
			onAdded?.(added.id);
			onClose();
		} catch (error) {
			const facts = toFailure(error);
			if (facts.code === 'model-path-is-folder') await scan([asked]);
			else setFailure(facts);
		} finally {
			setAdding(false);
		}
	}

	async function choose(): Promise<void> {
		const chosen = await bridge?.chooseModelFile();
		if (typeof chosen !== 'string') return;
		setPath(chosen);
		await add(chosen);
	}

	async function chooseFolder(): Promise<void> {
		const chosen = await bridge?.chooseModelFolder();
		if (typeof chosen === 'string') await scan([chosen]);
	}

	return (
		<Dialog
			open={open}
			onClose={onClose}
			width={560}
			title={t('Add models from this computer')}
			text={t('GGUF files stay in their folders; nothing is copied.')}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button
						kind="primary"
						busy={adding ? t('Reading the header') : undefined}
						blocked={path.trim() === '' ? t('Enter the path of a file or folder') : undefined}
						onClick={() => void add(path)}
					>
						{t('Add')}
					</Button>
				</>
			}
		>
			<form
				className="mt-3.5 flex flex-col gap-2"
				onSubmit={(event) => {
					event.preventDefault();
					void add(path);
				}}
			>
				<TextField
					label={t('Path of a file or folder')}
					placeholder={examplePath}
					mono
					autoComplete="off"
					spellCheck={false}
					value={path}
					error={failure === null ? undefined : `${failure.message} ${sentences(failure.next)}`}
					onChange={(event) => {
						setPath(event.target.value);
						setFailure(null);
					}}
				/>
				{bridge === undefined ? null : (
					<div className="flex gap-1">
						<Button kind="ghost" icon={FileBox} onClick={() => void choose()}>
							{t('Choose a file')}
						</Button>
						<Button kind="ghost" icon={FolderOpen} onClick={() => void chooseFolder()}>
							{t('Choose a folder')}
						</Button>
					</div>
				)}
			</form>
			<ModelFolderList onScan={(paths) => void scan(paths)} />
		</Dialog>
	);
}

/** Describes a folder: the program that owns it and its last scan. */
function describeFolder({ app, files, scannedAt, exists }: ModelPlace): string {
	if (!exists) return t('not found');
	return [
		app,
		files > 0 ? t('{files, plural, one {# file} other {# files}}', { files }) : null,
		scannedAt === null ? t('not scanned yet') : t('scanned on {scannedAt}', { scannedAt: formatDate(scannedAt) }),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

/** Folders that the user added, and folders where other programs on this computer keep models. */
function ModelFolderList({ onScan }: { onScan: (paths: readonly string[]) => void }) {
	const { connection, toasts } = useServices();
	const [places, setPlaces] = useState<readonly ModelPlace[] | null>(null);
	useEffect(() => {
		let current = true;
		connection.client.models.places().then(
			(answer) => current && setPlaces(answer.places),
			() => current && setPlaces([]),
		);
		return () => {
			current = false;
		};
	}, [connection]);
	async function forget({ id }: ModelPlace): Promise<void> {
		if (id === null) return;
		await connection.client.models.removePlace({ id }).catch((error: unknown) => toasts.fail(toFailure(error).message));
		setPlaces((now) => now?.filter((place) => place.id !== id) ?? null);
	}
	const there = places?.filter(({ exists }) => exists) ?? [];
	if (places?.length === 0) {
		return (
			<p className="mt-3.5 text-xs text-ink-3">
				{t('No folders of LM Studio, Jan, Ollama, llama.cpp or Hugging Face in their default locations.')}
			</p>
		);
	}
	return (
		<section aria-label={t('Folders with models')} className="mt-3.5">
			<h3 className="mb-[5px] text-xs font-medium text-ink-2">{t('Folders with models on this computer')}</h3>
			{places === null ? (
				<Skeleton rows={2} />
			) : (
				<>
					<ul className="rounded-lg border border-line">
						{places.map((place) => (
							<li key={place.path} className="flex items-center gap-3 border-b border-line px-3 py-1.5 last:border-b-0">
								<span className="min-w-0 flex-1">
									<span className="block truncate font-mono text-xs" title={place.path}>
										{place.path}
									</span>
									<span className="text-xs text-ink-3">{describeFolder(place)}</span>
								</span>
								<Button
									size="sm"
									aria-label={
										place.scannedAt === null
											? t('Scan: {path}', { path: place.path })
											: t('Scan again: {path}', { path: place.path })
									}
									blocked={place.exists ? undefined : t('The folder is missing')}
									onClick={() => onScan([place.path])}
								>
									{place.scannedAt === null ? t('Scan') : t('Scan again')}
								</Button>
								{place.id === null ? null : (
									<IconButton
										icon={X}
										size="sm"
										label={t('Remove the folder {path}; its models stay', { path: place.path })}
										onClick={() => void forget(place)}
									/>
								)}
							</li>
						))}
					</ul>
					{there.length > 1 ? (
						<Button
							kind="ghost"
							size="sm"
							icon={FolderSearch}
							className="mt-1.5"
							onClick={() => onScan(there.map(({ path }) => path))}
						>
							{t('Scan all {count}', { count: there.length })}
						</Button>
					) : null}
				</>
			)}
		</section>
	);
}
