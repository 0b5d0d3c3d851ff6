/** What the environment adds to electron-builder.yml. */
export interface PackagingOptions {
	/** Command-line options of electron-builder. */
	readonly options: readonly string[];
	/** What was found, one line each; no secret is in them. */
	readonly notes: readonly string[];
	/** Environment of electron-builder: without empty variables, which a CI sets for secrets that don't exist. */
	readonly environment: Readonly<Record<string, string>>;
}

/** Azure's signing service: option of electron-builder → variable. All or none of them are set. */
const azure = {
	publisherName: 'AZURE_SIGN_PUBLISHER',
	endpoint: 'AZURE_SIGN_ENDPOINT',
	certificateProfileName: 'AZURE_SIGN_PROFILE',
	codeSigningAccountName: 'AZURE_SIGN_ACCOUNT',
} as const;

/** Throws an Error that names the variables if only a part of a group is set. */
export function packagingOptions(
	given: Readonly<Record<string, string | undefined>>,
	platform: NodeJS.Platform,
): PackagingOptions {
	const environment = Object.fromEntries(
		Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
	);
	const options: string[] = [];
	const notes: string[] = [];
	if (platform === 'darwin') {
		if (environment.CSC_LINK || environment.CSC_NAME) {
			const notarised = environment.APPLE_ID || environment.APPLE_API_KEY || environment.APPLE_KEYCHAIN_PROFILE;
			notes.push(
				`Signing: Developer ID${notarised ? ', notarised' : ', not notarised (APPLE_API_KEY or APPLE_ID is not set)'}`,
			);
		} else {
			// Only a signature of a team can go with the hardened runtime, which loads no library of another team. Macs with
			// an Apple processor run nothing that isn't signed at all.
			options.push('-c.mac.identity=-', '-c.mac.hardenedRuntime=false', '-c.mac.notarize=false');
			notes.push('Signing: none (CSC_LINK is not set); the app runs on Macs after a right click and Open');
		}
	}
	if (platform === 'win32') {
		const set = Object.values(azure).filter((name) => environment[name] !== undefined);
		if (set.length > 0) {
			const missing = Object.values(azure).filter((name) => environment[name] === undefined);
			if (missing.length > 0) throw new Error(`${set.join(', ')} are set, but not ${missing.join(', ')}`);
			for (const [option, name] of Object.entries(azure)) {
				options.push(`-c.win.azureSignOptions.${option}=${environment[name]}`);
			}
			notes.push('Signing: Azure Trusted Signing');
		} else if (environment.WIN_CSC_LINK || environment.CSC_LINK)
			notes.push('Signing: certificate of WIN_CSC_LINK or CSC_LINK');
		else notes.push('Signing: none (neither AZURE_SIGN_ENDPOINT nor WIN_CSC_LINK is set)');
	}
	const { ASSAY_UPDATE_URL: url, ASSAY_UPDATE_PUBLIC_KEY: key } = environment;
	if ((url === undefined) !== (key === undefined)) {
		throw new Error('ASSAY_UPDATE_URL and ASSAY_UPDATE_PUBLIC_KEY are set together, or neither is');
	}
	if (url === undefined) notes.push('Updates: this build has no source of updates (ASSAY_UPDATE_URL is not set)');
	else {
		// electron-updater's own settings. Where updates come from is in the archive; this makes electron-builder name the
		// publisher whose signature Windows' installer must carry.
		options.push('-c.publish.provider=generic', `-c.publish.url=${url}`);
		notes.push(`Updates: from ${new URL(url).host}`);
	}
	return { options, notes, environment };
}
