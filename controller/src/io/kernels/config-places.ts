// SPDX-License-Identifier: Apache-2.0
/**
 * Where the configuration of a kernel image may lie that does not carry it: beside the image, by
 * the conventions of `make install` and of a build tree. It reads no file.
 */

const BUILD_IMAGE = /(^|\/)arch\/x86(?:_64)?\/boot\/bzImage$/;

/** Paths as the image's own path is, the likeliest first. */
export function configPlaces(imagePath: string): readonly string[] {
  const slash = imagePath.lastIndexOf('/') + 1;
  const [folder, name] = [imagePath.slice(0, slash), imagePath.slice(slash)];
  const suffix = /^(?:vmlinuz|bzImage)-(.+)$/.exec(name)?.[1];
  return [
    ...(suffix === undefined ? [] : [`${folder}config-${suffix}`]),
    `${folder}.config`,
    ...(BUILD_IMAGE.test(imagePath) ? [imagePath.replace(BUILD_IMAGE, '$1.config')] : []),
  ];
}

/**
 * A file beside an image may be of another kernel: it counts only where its head names a version
 * that the image's release begins with.
 */
export function isConfigOf(text: string, release: string): boolean {
  const version = /^# Linux\/\S+ (\d\S*) Kernel Configuration$/m.exec(text)?.[1];
  if (version === undefined || !release.startsWith(version)) return false;
  return !/^[\d.]/.test(release.slice(version.length));
}
