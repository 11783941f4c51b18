export { type CheckedPackage, type PackageCheck } from './check.ts';
export { initDirectory } from './init.ts';
export {
  lintDirectory,
  pack,
  type PackResult,
  type PackageVerification,
  type VerifiedPackage,
  verifyPackage,
} from './verify.ts';
