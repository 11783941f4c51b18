export { describeValue, fieldOf, problemsMax, toFieldProblem, type Problem, type ProblemValue } from './problem.ts';
export { didYouMean } from './suggest.ts';
