// Package report shows the result of an experiment: a page for the terminal with a ladder diagram, or one JSON object
// for programs. It judges nothing: verdict and evidence are those of the Result.
package report
